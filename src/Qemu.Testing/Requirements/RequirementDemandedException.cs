using Qemu.Qmp;

namespace Qemu.Testing;

/// <summary>
/// The host lacks what a test needs, and the test must not be skipped for it: <c>XUNIT_QEMU_REQUIRE</c> says so, or it could
/// not be found out because something broke. Nothing was started; the test fails.
/// </summary>
public sealed class RequirementDemandedException : QemuException
{
    internal RequirementDemandedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
