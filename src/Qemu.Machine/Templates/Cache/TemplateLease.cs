namespace Qemu.Machine;

/// <summary>
/// A cached template in use by this process. However many use it here, whatever their specifications are called, it is one lease per
/// key: read and compared once, and kept from being evicted until the last of them lets go. Thread-safe.
/// </summary>
internal sealed class TemplateLease
{
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<string, TemplateLease> s_leases = [];

    private readonly TemplateSlot _slot;
    private readonly TemplateManifest _manifest;
    private readonly FileLock _used;
    private int _users = 1;

    private TemplateLease(TemplateSlot slot, TemplateManifest manifest, FileLock used)
    {
        _slot = slot;
        _manifest = manifest;
        _used = used;
    }

    private TemplateFiles Files => _manifest.FilesIn(_slot.Path);

    /// <summary>Shares the lease that there is; null when there is none, or when the template was damaged since.</summary>
    public static TemplateLease? TryJoin(TemplateSlot slot)
    {
        lock (s_gate)
        {
            if (!s_leases.TryGetValue(slot.Path, out TemplateLease? lease))
                return null;
            if (lease._manifest.FindDamage(lease.Files) is not null)
            {
                lease.End(); // the place itself stays as it is, for the next reader to find out
                return null;
            }

            lease._users++;
            return lease;
        }
    }

    /// <summary>Begins a lease, or shares the one that somebody began meanwhile.</summary>
    /// <param name="slot">The template's place.</param>
    /// <param name="manifest">What was found there.</param>
    /// <param name="used">The place's lock, shared; it is the lease's now.</param>
    public static TemplateLease Begin(TemplateSlot slot, TemplateManifest manifest, FileLock used)
    {
        lock (s_gate)
        {
            if (TryJoin(slot) is { } other)
            {
                used.Dispose();
                return other;
            }

            return s_leases[slot.Path] = new TemplateLease(slot, manifest, used);
        }
    }

    /// <summary>The template for one of the users, who lets go of the lease by disposing of it.</summary>
    public QemuTemplate GiveTo(QemuMachineSpec spec) => new(spec, Files, _manifest, _slot.Key, Release, Abandon);

    private void Release()
    {
        lock (s_gate)
        {
            if (--_users == 0)
                End();
        }
    }

    /// <summary>Discards a template that is no good: nobody takes it any more, and it can be built anew without waiting for those who still use it.</summary>
    private void Abandon()
    {
        lock (s_gate)
        {
            _slot.Invalidate();
            End();
        }
    }

    private void End()
    {
        if (s_leases.TryGetValue(_slot.Path, out TemplateLease? current) && current == this)
            s_leases.Remove(_slot.Path);
        _used.Dispose();
    }
}
