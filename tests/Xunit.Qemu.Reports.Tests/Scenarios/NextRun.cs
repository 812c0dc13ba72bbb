namespace Tests.Scenarios;

/// <summary>On the next xUnit.net, with the same binary of the adapter.</summary>
public sealed class NextRun() : ScenarioRun("Scenarios.V3Next");
