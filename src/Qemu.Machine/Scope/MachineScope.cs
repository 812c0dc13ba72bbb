namespace Qemu.Machine;

/// <summary>Where machines learn which scope they are used in. A test-framework layer sets the source, once.</summary>
public static class MachineScope
{
    private static volatile Func<IMachineScope?> s_source = static () => null;

    /// <summary>The scope of the calling code; null outside any.</summary>
    public static IMachineScope? Current => s_source();

    /// <summary>Sets how the scope of the calling code is found.</summary>
    public static void SetSource(Func<IMachineScope?> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        s_source = source;
    }
}
