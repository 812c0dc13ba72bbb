using System.Reflection;
using System.Runtime.Versioning;
using Qemu.Testing;
using Xunit.Sdk;
using Xunit.v3;

namespace Xunit.Qemu;

/// <summary>Names a test as xUnit.net knows it.</summary>
internal static class TestIdentities
{
    public static TestIdentity Create(ITest test)
    {
        MethodInfo? method = (test.TestCase.TestMethod as IXunitTestMethod)?.Method;
        Type? type = method?.ReflectedType;
        string methodName = method?.Name ?? test.TestDisplayName;
        return new TestIdentity(
            type?.Assembly.GetName().Name ?? "tests",
            type is null ? "" : Framework(type.Assembly),
            type?.FullName ?? test.TestCase.TestClassName ?? "tests",
            methodName,
            test.TestDisplayName,
            test.UniqueID,
            method?.GetParameters().Length > 0 ? Row(test.TestDisplayName) : null);
    }

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
