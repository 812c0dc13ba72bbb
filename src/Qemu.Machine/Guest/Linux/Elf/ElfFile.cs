using System.Buffers.Binary;
using System.Text;

namespace Qemu.Machine;

/// <summary>The little of a 64-bit little-endian ELF file that is asked about here (elf(5)): a section's bytes, and whether a program needs a dynamic loader.</summary>
internal sealed class ElfFile
{
    private const int HeaderLength = 64;
    private const int SectionHeaderLength = 64;
    private const int ProgramHeaderLength = 56;
    private const int DynamicSegment = 2;
    private const int InterpreterSegment = 3;

    private readonly Stream _stream;
    private readonly byte[] _header;

    private ElfFile(Stream stream, byte[] header)
    {
        _stream = stream;
        _header = header;
    }

    /// <summary>PT_INTERP: a program that starts only where that loader and its libraries are.</summary>
    public bool NeedsDynamicLoader => HasSegment(InterpreterSegment);

    /// <summary>PT_DYNAMIC: a program or library that may need libraries.</summary>
    public bool IsDynamic => HasSegment(DynamicSegment);

    /// <summary>Null when the stream, which must be seekable, holds something else than a 64-bit little-endian ELF file.</summary>
    public static ElfFile? TryOpen(Stream stream)
    {
        byte[] header = new byte[HeaderLength];
        stream.Position = 0;
        bool known = stream.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) == HeaderLength
            && header.AsSpan().StartsWith("\u007fELF"u8) && header[4] == 2 && header[5] == 1;
        return known ? new ElfFile(stream, header) : null;
    }

    /// <summary>The first section of that name; null when there is none.</summary>
    /// <exception cref="InvalidDataException">The tables point outside the file.</exception>
    public byte[]? ReadSection(string name)
    {
        byte[] table = ReadTable(offsetAt: 0x28, entryLengthAt: 0x3A, countAt: 0x3C, SectionHeaderLength);
        int namesAt = BinaryPrimitives.ReadUInt16LittleEndian(_header.AsSpan(0x3E)) * SectionHeaderLength;
        if (namesAt >= table.Length)
            return null;

        ReadOnlySpan<byte> names = ReadContent(table.AsSpan(namesAt));
        byte[] wanted = Encoding.ASCII.GetBytes(name + "\0");
        for (int at = 0; at < table.Length; at += SectionHeaderLength)
        {
            int nameAt = BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(at));
            if (nameAt >= 0 && nameAt < names.Length && names[nameAt..].StartsWith(wanted))
                return ReadContent(table.AsSpan(at));
        }

        return null;
    }

    private bool HasSegment(int type)
    {
        byte[] table = ReadTable(offsetAt: 0x20, entryLengthAt: 0x36, countAt: 0x38, ProgramHeaderLength);
        for (int at = 0; at < table.Length; at += ProgramHeaderLength)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(table.AsSpan(at)) == type)
                return true;
        }

        return false;
    }

    private byte[] ReadContent(ReadOnlySpan<byte> sectionHeader) =>
        Read(BinaryPrimitives.ReadInt64LittleEndian(sectionHeader[0x18..]), BinaryPrimitives.ReadInt64LittleEndian(sectionHeader[0x20..]));

    private byte[] ReadTable(int offsetAt, int entryLengthAt, int countAt, int entryLength)
    {
        int count = BinaryPrimitives.ReadUInt16LittleEndian(_header.AsSpan(countAt));
        if (count > 0 && BinaryPrimitives.ReadUInt16LittleEndian(_header.AsSpan(entryLengthAt)) != entryLength)
            throw new InvalidDataException("an ELF table has entries of an unknown length");

        return Read(BinaryPrimitives.ReadInt64LittleEndian(_header.AsSpan(offsetAt)), (long)count * entryLength);
    }

    private byte[] Read(long offset, long length)
    {
        if (offset < 0 || length < 0 || length > _stream.Length || offset > _stream.Length - length)
            throw new InvalidDataException("an ELF table points outside the file");

        byte[] bytes = new byte[length];
        _stream.Position = offset;
        _stream.ReadExactly(bytes);
        return bytes;
    }
}
