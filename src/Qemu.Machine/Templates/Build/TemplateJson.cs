using System.Text.Json.Serialization;

namespace Qemu.Machine;

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(TemplateManifest))]
internal sealed partial class TemplateJson : JsonSerializerContext;
