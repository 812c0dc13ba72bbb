namespace Qemu.Machine;

/// <summary>The instruction <c>rdtsc</c>, which .NET has no intrinsic for, in a page of its own.</summary>
internal sealed unsafe class ReadTimeStampCode : IDisposable
{
    private const int PageSize = 4096;

    private readonly byte* _page;

    private ReadTimeStampCode(byte* page) => _page = page;

    /// <summary>rdtsc; shl rdx, 32; or rax, rdx; ret.</summary>
    private static ReadOnlySpan<byte> Code => [0x0f, 0x31, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3];

    /// <summary>Null where the host lets nobody make code.</summary>
    public static ReadTimeStampCode? TryCreate()
    {
        byte* page = (byte*)Libc.MMap(null, PageSize, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, fd: -1, offset: 0);
        if (page == Libc.MAP_FAILED)
            return null;
        Code.CopyTo(new Span<byte>(page, PageSize));
        var code = new ReadTimeStampCode(page);
        if (Libc.MProtect(page, PageSize, Libc.PROT_READ | Libc.PROT_EXEC) == 0)
            return code;
        code.Dispose();
        return null;
    }

    public ulong Run() => ((delegate* unmanaged<ulong>)_page)();

    public void Dispose() => _ = Libc.MUnmap(_page, PageSize);
}
