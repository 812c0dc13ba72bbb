using System.Text.Json.Serialization;

namespace Qemu.Machine;

/// <summary>What is written as JSON without reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class AgentJson : JsonSerializerContext;
