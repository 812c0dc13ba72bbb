using System.Text;

namespace Qemu.Machine;

/// <summary>Text files for a guest: UTF-8 without a byte order mark, and lines as Unix ends them, since a shell takes "#!/bin/sh\r" for the name of an interpreter.</summary>
internal static class GuestText
{
    public static byte[] Encode(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));
}
