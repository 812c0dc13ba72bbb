namespace Qemu.Machine;

/// <summary>Where machines learn which scope they are used in. A test-framework layer sets the source, once.</summary>
public static class MachineScope
{
    private static volatile Func<IMachineScope?> s_source = static () => null;
    private static volatile Func<QemuSettings> s_settings = static () => QemuSettings.Default;

    /// <summary>The scope of the calling code; null outside any.</summary>
    public static IMachineScope? Current => s_source();

    /// <summary>What the surroundings of the calling code decide: its scope's settings, outside any those of the whole process.</summary>
    internal static QemuSettings Settings => Current?.Settings ?? s_settings();

    /// <summary>Sets how the scope of the calling code is found.</summary>
    public static void SetSource(Func<IMachineScope?> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        s_source = source;
    }

    /// <summary>Sets where the settings come from outside any scope: in a fixture of the user's own, in a plain fact.</summary>
    internal static void SetSettings(Func<QemuSettings> settings) => s_settings = settings;
}
