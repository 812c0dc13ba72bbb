using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>An attribute that makes a method a test of machines.</summary>
internal interface IQemuTestAttribute
{
    /// <summary>What the test asks of its host.</summary>
    HostRequirements Requirements { get; }
}
