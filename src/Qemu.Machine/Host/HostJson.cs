using System.Text.Json.Serialization;

namespace Qemu.Machine;

/// <summary>How host facts are stored; generated code, so that reading them needs no reflection.</summary>
[JsonSerializable(typeof(CachedFact<HostLists>), TypeInfoPropertyName = "Lists")]
[JsonSerializable(typeof(CachedFact<QemuAccelerator>), TypeInfoPropertyName = "Verdict")]
internal sealed partial class HostJson : JsonSerializerContext;
