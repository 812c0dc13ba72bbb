namespace Qemu.Testing;

/// <summary>Where a running test's evidence goes: the test framework's report. Calls after the test's end are ignored, never an error.</summary>
internal interface ITestReport
{
    /// <summary>Attaches a file, where the framework has attachments.</summary>
    /// <param name="name">Unique in the test, without extension.</param>
    /// <param name="text">UTF-8 text.</param>
    void Attach(string name, byte[] text);

    /// <summary>Adds a line to the test's output.</summary>
    void WriteLine(string line);

    /// <summary>Adds a warning to the test's result.</summary>
    void Warn(string message);
}
