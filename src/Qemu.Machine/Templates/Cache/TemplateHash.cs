using System.Security.Cryptography;
using System.Text;

namespace Qemu.Machine;

/// <summary>SHA-256 of a text, as a file's name.</summary>
internal static class TemplateHash
{
    public static string Of(string text) => string.Create(64, text, static (name, text) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text))).AsSpan().ToLowerInvariant(name));
}
