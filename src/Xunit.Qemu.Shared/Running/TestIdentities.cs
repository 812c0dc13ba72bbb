using System.Reflection;
using System.Runtime.Versioning;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>Names a test as xUnit.net knows it.</summary>
internal static class TestIdentities
{
    public static TestIdentity Create(Type testClass, MethodInfo method, string displayName, string uniqueId) => new(
        testClass.Assembly.GetName().Name ?? "tests",
        Framework(testClass.Assembly),
        testClass.FullName ?? testClass.Name,
        method.Name,
        displayName,
        uniqueId,
        method.GetParameters().Length > 0 ? Row(displayName) : null);

    /// <summary>The arguments as they stand in the display name.</summary>
    private static string Row(string displayName)
    {
        int start = displayName.IndexOf('(', StringComparison.Ordinal);
        return start < 0 ? "" : displayName[start..];
    }

    /// <summary><c>net10.0</c> of <c>.NETCoreApp,Version=v10.0</c>.</summary>
    private static string Framework(Assembly assembly)
    {
        string name = assembly.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName ?? "";
        int version = name.IndexOf("Version=v", StringComparison.Ordinal);
        return version < 0 ? "" : "net" + name[(version + "Version=v".Length)..];
    }
}
