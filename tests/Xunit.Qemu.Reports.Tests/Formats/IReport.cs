namespace Tests.Formats;

/// <summary>A report as a CI reads it.</summary>
internal interface IReport
{
    /// <summary>The result of the one test of this name; fails the calling test where there is none.</summary>
    ReportedResult this[string name] { get; }
}
