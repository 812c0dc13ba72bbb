using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>What requirements say of a host in words.</summary>
internal static class HostProblem
{
    /// <summary>Why a program could not be asked.</summary>
    public static string Of(QemuHost host) => host.Problems.Count > 0
        ? $"{host.Binary} could not be asked: {string.Join("; ", host.Problems)}"
        : $"{host.Binary} did not tell";

    public static string Suggest(string written, IEnumerable<string> names) =>
        NearestName.Find(written, names) is { } nearest ? $"; did you mean {nearest}?" : "";
}
