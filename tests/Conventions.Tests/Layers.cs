using System.Reflection;

namespace Tests.Conventions;

/// <summary>The assemblies that ship, from the bottom up.</summary>
internal static class Layers
{
    public static IReadOnlyList<Assembly> All { get; } =
    [
        typeof(global::Qemu.Qmp.QmpClient).Assembly,
        typeof(global::Qemu.Machine.QemuMachine).Assembly,
        typeof(global::Qemu.Testing.TestScope).Assembly,
        typeof(global::Xunit.Qemu.QemuFactAttribute).Assembly,
        Assembly.Load("Xunit.Qemu.V2"), // by name: its types are called as those of the other adapter
    ];

    public static Assembly Get(string name) => All.Single(assembly => assembly.GetName().Name == name);
}
