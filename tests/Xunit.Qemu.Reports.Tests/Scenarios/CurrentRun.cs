namespace Tests.Scenarios;

/// <summary>On the xUnit.net that the adapter was built for.</summary>
public sealed class CurrentRun() : ScenarioRun("Scenarios.V3");
