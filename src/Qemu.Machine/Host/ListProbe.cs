using System.Collections.Immutable;
using System.Text.Json;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>
/// Asks a QEMU program what it offers: one run with QMP and no machine, and, for what QMP does not tell (network back ends
/// and displays that this build really has), two that print a help text.
/// </summary>
internal sealed class ListProbe(HostTarget target)
{
    /// <summary>Takes 0.1 s; a slow host or <c>valgrind</c> may need far more, a wedged program never ends.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private const string CpuQuery = "query-cpu-definitions";

    private readonly List<string> _problems = [];

    private TimeSpan Limit => target.Settings.Scale(s_limit);

    public async Task<HostLists> RunAsync(CancellationToken cancellationToken)
    {
        Task<ImmutableArray<string>> netdevs = HelpAsync("-netdev", cancellationToken);
        Task<ImmutableArray<string>> displays = HelpAsync("-display", cancellationToken);
        HostLists lists = await AskAsync(cancellationToken).ConfigureAwait(false);
        lists = lists with
        {
            NetdevTypes = await netdevs.ConfigureAwait(false),
            Displays = await displays.ConfigureAwait(false),
        };
        lock (_problems)
            return lists with { Problems = [.. _problems] };
    }

    private static IEnumerable<string> Arguments(params string[] more) => ["-machine", "none", "-nodefaults", .. more];

    private static string? Text(JsonElement item, string property) =>
        item.TryGetProperty(property, out JsonElement value) ? value.GetString() : null;

    private static bool IsTrue(JsonElement item, string property) =>
        item.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private async Task<HostLists> AskAsync(CancellationToken cancellationToken)
    {
        ProbeMachine machine;
        try
        {
            machine = await ProbeMachine.LaunchAsync(target, Limit, _ => Arguments(), cancellationToken).ConfigureAwait(false);
        }
        catch (QemuLaunchException error)
        {
            Problem($"it does not start: {ProbeProblem.Of(error)}");
            return new HostLists();
        }

        await using (machine.ConfigureAwait(false))
        {
            var session = machine.Qmp;
            var lists = new HostLists { Version = session.Greeting.Version, Package = session.Greeting.Package };
            lists = lists with
            {
                Architecture = (await AskAsync(machine, "query-target", null, item => Text(item, "arch"), cancellationToken).ConfigureAwait(false)).FirstOrDefault() ?? "",
                MachineTypes = await AskAsync(machine, "query-machines", null, MachineType, cancellationToken).ConfigureAwait(false),
                Accelerators = await AskTypesAsync(machine, "accel", cancellationToken).ConfigureAwait(false) is var types
                    ? [.. types.Where(type => type.EndsWith("-accel", StringComparison.Ordinal) && type != "qtest-accel").Select(type => type[..^"-accel".Length])]
                    : [],
            };
            lists = lists with { CpuModels = await AskAsync(machine, CpuQuery, null, item => Text(item, "name"), cancellationToken).ConfigureAwait(false) };
            // Last, because it loads every module that is installed, and one of another build ends QEMU.
            return lists with { Devices = await AskTypesAsync(machine, "device", cancellationToken).ConfigureAwait(false) };
        }
    }

    private static QemuMachineType? MachineType(JsonElement item) =>
        new(Text(item, "name")!, Text(item, "alias"), IsTrue(item, "is-default"), IsTrue(item, "deprecated"));

    private Task<ImmutableArray<string>> AskTypesAsync(ProbeMachine machine, string parent, CancellationToken cancellationToken) =>
        AskAsync(
            machine,
            "qom-list-types",
            new Dictionary<string, object?> { ["implements"] = parent, ["abstract"] = false },
            item => Text(item, "name"),
            cancellationToken);

    private async Task<ImmutableArray<T>> AskAsync<T>(
        ProbeMachine machine,
        string command,
        Dictionary<string, object?>? arguments,
        Func<JsonElement, T?> read,
        CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            JsonElement answer = arguments is null
                ? await machine.Qmp.ExecuteAsync(command, cancellationToken).ConfigureAwait(false)
                : await machine.Qmp.ExecuteAsync(command, (IReadOnlyDictionary<string, object?>)arguments, cancellationToken).ConfigureAwait(false);
            IEnumerable<JsonElement> items = answer.ValueKind == JsonValueKind.Array ? answer.EnumerateArray() : [answer];
            return [.. items.Select(read).OfType<T>()];
        }
        catch (QmpDisconnectedException error)
        {
            MachineEnd? end = await machine.WaitForEndAsync(Limit, cancellationToken).ConfigureAwait(false);
            Problem(end is null ? $"{error.Message} It was killed." : $"{end} at {command}: {ProbeProblem.LastWords(machine.Log)}");
        }
        catch (QmpCommandException error) when (command == CpuQuery && error.ErrorClass == "CommandNotFound")
        {
            // Many architectures have no such list; that is no fault.
        }
        catch (QmpException error)
        {
            Problem(error.Message);
        }

        return [];
    }

    private async Task<ImmutableArray<string>> HelpAsync(string option, CancellationToken cancellationToken)
    {
        try
        {
            (MachineEnd end, string output) = await ProbeMachine.RunAsync(target, Limit, Arguments(option, "help"), cancellationToken).ConfigureAwait(false);
            if (end.ExitCode == 0)
                return HelpText.Names(output);
            Problem($"{end} at {option} help: {ProbeProblem.LastWords(output)}");
        }
        catch (QemuLaunchException)
        {
            // The run with QMP says the same.
        }

        return [];
    }

    private void Problem(string text)
    {
        lock (_problems)
            _problems.Add(text);
    }
}
