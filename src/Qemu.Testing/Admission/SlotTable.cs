using System.Security.Cryptography;
using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// The machines of all test processes of one user on this host: a directory with a file for each, locked by its owner for as long as the machine is
/// there. Thread-safe.
/// </summary>
/// <remarks>The files have random names that are used once, so that a dead owner's can be removed. Looking and claiming are one step under the table's own lock.</remarks>
/// <param name="open">Gives the directory, when it is first needed.</param>
/// <param name="time">The clock.</param>
internal sealed class SlotTable(Func<string> open, TimeProvider time) : IDisposable
{
    /// <summary>Far beyond what looking through the table takes.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lazy<string> _directory = new(open);

    /// <summary>Claims a place, unless the judgement of what is there already says no.</summary>
    /// <param name="claim">What to enter.</param>
    /// <param name="mayEnter">Judges by the machines that are counted now.</param>
    /// <param name="cancellationToken">Ends the wait for the table's lock.</param>
    /// <returns>The place, or null, and who is there.</returns>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public async Task<(MachineSlot? Slot, IReadOnlyList<MachineClaim> Others)> TryClaimAsync(
        MachineClaim claim,
        Func<IReadOnlyList<MachineClaim>, bool> mayEnter,
        CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using FileLock table = await FileLock.AcquireAsync(Path.Combine(_directory.Value, "table"), s_patience, time, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<MachineClaim> others = Look();
            return (mayEnter(others) ? Enter(claim, others) : null, others);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>The right to be the next who is let in; null while another has it.</summary>
    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public FileLock? TryTakeTurn() => FileLock.TryAcquire(Path.Combine(_directory.Value, "turn"));

    public void Dispose() => _gate.Dispose();

    private List<MachineClaim> Look()
    {
        var claims = new List<MachineClaim>();
        foreach (string file in Directory.EnumerateFiles(_directory.Value, MachineClaim.Prefix + "*"))
        {
            try
            {
                using FileLock? free = FileLock.TryAcquire(file, create: false);
                if (free is not null)
                    File.Delete(file); // its owner is dead
                else if (MachineClaim.Parse(Path.GetFileName(file)) is { } claim)
                    claims.Add(claim);
            }
            catch (FileNotFoundException)
            {
                // Its machine ended just now.
            }
        }

        return claims;
    }

    private MachineSlot Enter(MachineClaim claim, IReadOnlyList<MachineClaim> others)
    {
        string name = claim.ToFileName(RandomNumberGenerator.GetHexString(16, lowercase: true));
        return new MachineSlot(PrivateFile.Create(Path.Combine(_directory.Value, name), FileShare.None), others);
    }
}
