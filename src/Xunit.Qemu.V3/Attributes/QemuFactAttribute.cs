using System.Reflection;
using System.Runtime.CompilerServices;
using Qemu.Testing;
using Xunit.v3;

namespace Xunit.Qemu;

/// <summary>
/// A test that uses virtual machines. It is skipped, with the reason, where the host lacks what it needs; when it fails, the
/// evidence of its machines is attached. It carries the trait <c>Category=Qemu</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = false)]
public sealed class QemuFactAttribute : FactAttribute, IFactAttribute, IBeforeAfterTestAttribute, ITraitAttribute
{
    /// <summary>Notes where the test stands in its source; the compiler passes both.</summary>
    public QemuFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
        : base(sourceFilePath, sourceLineNumber)
    {
    }

    /// <summary>The QEMU program that is needed, and that the other properties ask. Default: the one for the host's own architecture.</summary>
    public string? Binary { get; set; }

    /// <summary>An accelerator that is needed: <c>kvm</c>.</summary>
    public string? Accelerator { get; set; }

    /// <summary>A device model that is needed: <c>virtio-net-pci</c>.</summary>
    public string? Device { get; set; }

    /// <summary>A machine type that is needed: <c>microvm</c>.</summary>
    public string? MachineType { get; set; }

    /// <summary>The lowest version of QEMU: <c>7.0</c>.</summary>
    public string? MinimumVersion { get; set; }

    /// <summary>A requirement of your own: a type that implements <see cref="IQemuRequirement"/>. <see cref="QemuRequirements"/> combines those that are built in.</summary>
    public Type? Requires { get; set; }

    string? IFactAttribute.Skip => Skip ?? (SkipUnless is null && SkipWhen is null ? SkipReason.Probe(Requirements) : null);

    private HostRequirements Requirements => new(Binary, Accelerator, Device, MachineType, MinimumVersion, Requires);

    void IBeforeAfterTestAttribute.Before(MethodInfo methodUnderTest, IXunitTest test) => TestHook.Before(methodUnderTest, Requirements);

    void IBeforeAfterTestAttribute.After(MethodInfo methodUnderTest, IXunitTest test) => TestHook.After();

    IReadOnlyCollection<KeyValuePair<string, string>> ITraitAttribute.GetTraits() => QemuTraits.All;
}
