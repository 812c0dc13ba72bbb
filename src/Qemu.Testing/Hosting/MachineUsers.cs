using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>The tests that use one machine at the moment; they are told of each other.</summary>
internal sealed class MachineUsers
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TestScope, ScopedMachine> _users = new(ReferenceEqualityComparer.Instance);

    /// <summary>One of the tests other than this one; null when there is none.</summary>
    public TestScope? OtherThan(TestScope scope)
    {
        lock (_gate)
            return _users.Keys.FirstOrDefault(user => !ReferenceEquals(user, scope));
    }

    public void Add(TestScope scope, QemuMachine machine, string label, bool whole)
    {
        lock (_gate)
        {
            if (_users.ContainsKey(scope))
                return;
            ScopedMachine entry = scope.Lend(machine, label, whole);
            foreach ((TestScope other, ScopedMachine theirs) in _users)
            {
                theirs.NoteOverlap(scope.Test);
                entry.NoteOverlap(other.Test);
            }

            _users.Add(scope, entry);
        }

        scope.WhenLeaving(() => Remove(scope));
    }

    private void Remove(TestScope scope)
    {
        lock (_gate)
            _users.Remove(scope);
    }
}
