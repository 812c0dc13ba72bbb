using System.Text.Json.Serialization;

namespace Qemu.Doctor;

/// <summary>How a report becomes JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(HostReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
