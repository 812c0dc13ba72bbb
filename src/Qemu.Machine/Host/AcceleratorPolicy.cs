using System.Text.Json;
using Microsoft.Extensions.Logging;
using Qemu.Qmp;

namespace Qemu.Machine;

/// <summary>Decides which accelerator a launch asks for, and finds out which one it got: nobody runs on another than he thinks without being told.</summary>
internal static class AcceleratorPolicy
{
    /// <summary>Replaces <see cref="Accelerators.BestAvailable"/> by the one that it stands for here.</summary>
    /// <returns>The specification to launch, and the choice; null when the user named accelerators himself, or none.</returns>
    /// <exception cref="QemuConfigurationException">It stands beside others, or no accelerator runs guests here.</exception>
    public static async Task<(QemuMachineSpec Spec, AcceleratorChoice? Choice)> ResolveAsync(QemuMachineSpec spec, CancellationToken cancellationToken)
    {
        AcceleratorOption[] options = [.. spec.Options.OfType<AcceleratorOption>()];
        bool isBest = options.Length == 0
            ? spec.Settings.Accelerator == Accelerators.BestAvailable
            : options.Any(option => option.Name == Accelerators.BestAvailable);
        if (!isBest)
            return (spec, null);
        if (options.Length > 1)
        {
            throw new QemuConfigurationException(
                $"\"{Accelerators.BestAvailable}\" is a choice among all accelerators: take the others out ({string.Join(", ", options.Select(option => option.Name))}).");
        }

        AcceleratorChoice choice = await AcceleratorChoice.ChooseAsync(HostTarget.Of(spec), HostFacts.Shared, cancellationToken).ConfigureAwait(false);
        return (spec with { Options = spec.Options.RemoveAll(option => option is AcceleratorOption).Add(new AcceleratorOption(choice.Name)) }, choice);
    }

    /// <summary>What a launched machine runs on. With several to choose from, QEMU takes the first that works and says so only in its log.</summary>
    public static async Task<AcceleratorChoice> DetermineAsync(MachineContext context, QmpClient qmp, Func<string> log, CancellationToken cancellationToken)
    {
        string[] asked = [.. AskedFor(context.Spec).Distinct(StringComparer.Ordinal)];
        if (asked.Length == 0)
            return new AcceleratorChoice(Accelerators.Tcg, "QEMU's own default");
        if (asked.Length == 1)
            return new AcceleratorChoice(asked[0], "asked for");

        bool isKvm = asked.Contains(Accelerators.Kvm) && await IsKvmEnabledAsync(qmp, cancellationToken).ConfigureAwait(false);
        string used = isKvm ? Accelerators.Kvm
            : asked.FirstOrDefault(name => log().Contains($"falling back to {name}", StringComparison.OrdinalIgnoreCase))
                ?? asked.First(name => name != Accelerators.Kvm);
        if (used == asked[0])
            return new AcceleratorChoice(used, $"the first of {string.Join(", ", asked)}");
        string words = ProbeProblem.LastWords(string.Join('\n', log().Split('\n').TakeWhile(line => !line.Contains("falling back", StringComparison.Ordinal))));
        var choice = new AcceleratorChoice(used, $"asked for {string.Join(", ", asked)}; {asked[0]} did not work{(words.Length > 0 ? ": " + words : "")}") { IsAsSpecified = false };
        context.Logger.LogWarning("Machine {Machine} runs on another accelerator than the first one asked for: {Accelerator}", context.Name, choice);
        return choice;
    }

    /// <summary>Whether a machine cannot but run on TCG.</summary>
    public static bool IsOnlyTcg(QemuMachineSpec spec) => AskedFor(spec).All(name => name == Accelerators.Tcg);

    private static async Task<bool> IsKvmEnabledAsync(QmpClient qmp, CancellationToken cancellationToken)
    {
        JsonElement kvm = await qmp.ExecuteAsync("query-kvm", cancellationToken).ConfigureAwait(false);
        return kvm.GetProperty("enabled").GetBoolean();
    }

    private static IEnumerable<string> AskedFor(QemuMachineSpec spec)
    {
        AcceleratorOption[] options = [.. spec.Options.OfType<AcceleratorOption>()];
        foreach (AcceleratorOption option in options)
            yield return option.Name.Split(',')[0];
        if (options.Length == 0 && spec.Settings.Accelerator is { } setting)
            yield return setting.Split(',')[0];
        IEnumerable<LaunchOption> raw = LaunchOption.Parse(spec.Arguments);
        if (spec.Options.OfType<MachineOption>().LastOrDefault() is { } machine)
            raw = raw.Prepend(new LaunchOption("-machine", machine.Type));
        foreach (LaunchOption option in raw)
        {
            IEnumerable<string> names = option.Name switch
            {
                "-accel" => [option.Type],
                "-enable-kvm" => [Accelerators.Kvm],
                "-machine" or "-M" => option.Property("accel")?.Split(':') ?? [],
                _ => [],
            };
            foreach (string name in names)
                yield return name;
        }
    }
}
