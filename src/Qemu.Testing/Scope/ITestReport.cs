namespace Qemu.Testing;

/// <summary>Where a running test's evidence goes: the test framework's report. Calls after the test's end are ignored, never an error.</summary>
internal interface ITestReport
{
    /// <summary>Attaches a file, where the framework has attachments.</summary>
    /// <param name="name">Unique in the test, without extension.</param>
    /// <param name="text">UTF-8 text.</param>
    void Attach(string name, byte[] text);

    /// <summary>Attaches a picture, where the framework has attachments of that kind.</summary>
    void AttachPicture(string name, byte[] png)
    {
    }

    /// <summary>Adds a line to the test's output.</summary>
    void WriteLine(string line);

    /// <summary>All of the test's output so far; null when the framework does not tell. Called from other threads than the test's.</summary>
    string? ReadOutput() => null;

    /// <summary>Why the test failed; null when it did not, or the framework does not tell yet.</summary>
    TestFailure? Failure => null;

    /// <summary>Cancels the test: what it waits for will not come.</summary>
    void CancelTest();

    /// <summary>Adds a warning to the test's result.</summary>
    void Warn(string message);
}
