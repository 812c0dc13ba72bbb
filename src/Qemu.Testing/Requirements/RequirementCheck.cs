using Qemu.Machine;

namespace Qemu.Testing;

/// <summary>
/// Whether the host offers what is needed. The one seam between tests and what is known of the host: attributes ask before
/// anything starts and again, with the fixture's machine, before the body; machine hosts with their own specification before
/// they launch.
/// </summary>
internal static class RequirementCheck
{
    /// <summary>Far beyond what probing takes; every probe has a deadline of its own.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    /// <summary>A class's tests are discovered one after the other, and mostly ask for the same.</summary>
    private static readonly TimeSpan s_memory = TimeSpan.FromSeconds(1);

    private static volatile Answer? s_latest;

    /// <summary>Why a test is to be skipped, before anything is made for it; null when it is to run, be it to fail with <see cref="Demand(HostRequirements, QemuTestSettings, QemuMachineSpec?)"/>.</summary>
    /// <exception cref="QemuConfigurationException">What is asked for makes no sense.</exception>
    public static string? Unmet(HostRequirements requirements, QemuTestSettings settings)
    {
        if (s_latest is { } latest && latest.Settings == settings && latest.Requirements == requirements && TimeProvider.System.GetElapsedTime(latest.Timestamp) < s_memory)
            return latest.Reason;
        string? reason = Ask(requirements, settings);
        s_latest = new Answer(requirements, settings, reason, TimeProvider.System.GetTimestamp());
        return reason;
    }

    private static string? Ask(HostRequirements requirements, QemuTestSettings settings)
    {
        try
        {
            Demand(requirements, settings, specification: null);
            return null;
        }
        catch (RequirementNotMetException unmet)
        {
            return unmet.Message;
        }
        catch (RequirementDemandedException)
        {
            return null; // skipping would hide it
        }
    }

    /// <summary>Checks a test's requirements against the host, or against the machine of its fixture.</summary>
    /// <param name="requirements">What the attribute asks for.</param>
    /// <param name="settings">The run's.</param>
    /// <param name="specification">The fixture's machine; null before there is one.</param>
    /// <exception cref="RequirementNotMetException">The test is to be skipped.</exception>
    /// <exception cref="RequirementDemandedException">The test is to fail.</exception>
    /// <exception cref="QemuConfigurationException">What is asked for makes no sense.</exception>
    public static void Demand(HostRequirements requirements, QemuTestSettings settings, QemuMachineSpec? specification)
    {
        // Behind a wrapper the program may be another one, or on another host: what the attribute said of this host has been checked.
        if (specification is { Wrapper.IsEmpty: false })
            return;
        string binary = requirements.Binary ?? specification?.Binary ?? QemuMachineBuilder.DefaultBinary;
        var context = new RequirementContext(binary, settings, specification);
        Demand([new PlatformRequirement(), new BinaryRequirement(binary), .. requirements.ToRequirements()], context);
    }

    /// <summary>Checks what a machine itself needs: its program, and the accelerator that it asks for.</summary>
    /// <remarks>A device or machine type that the program lacks is no reason to skip: it may be misspelt, and the launch says so.</remarks>
    /// <exception cref="RequirementNotMetException">The tests that use it are to be skipped.</exception>
    /// <exception cref="RequirementDemandedException">The tests that use it are to fail.</exception>
    public static void Demand(QemuMachineSpec specification, QemuTestSettings settings)
    {
        var context = new RequirementContext(specification.Binary, settings, specification);
        Demand(
            specification.Wrapper.IsEmpty
                ? [new PlatformRequirement(), new BinaryRequirement(specification.Binary), .. AcceleratorOf(specification)]
                : [new PlatformRequirement()],
            context);
    }

    private static IEnumerable<IQemuRequirement> AcceleratorOf(QemuMachineSpec specification)
    {
        string[] asked = [.. specification.Options.OfType<AcceleratorOption>().Select(option => option.Name)];
        if (asked.Length == 0 && specification.Settings.Accelerator is { } setting)
            asked = [setting];

        // Several are a choice that QEMU makes. TCG needs nothing of the host.
        if (asked.Length == 1 && asked[0].Split(',')[0] is var name && name is not (Accelerators.BestAvailable or Accelerators.Tcg))
            yield return new AcceleratorRequirement(name);
    }

    private static void Demand(IReadOnlyList<IQemuRequirement> requirements, RequirementContext context) =>
        BoundedWait.Run(() => DemandAsync(requirements, context), s_limit);

    private static async Task DemandAsync(IReadOnlyList<IQemuRequirement> requirements, RequirementContext context)
    {
        foreach (IQemuRequirement requirement in requirements)
        {
            RequirementResult result = await CheckAsync(requirement, context).ConfigureAwait(false);
            string message = $"needs {requirement.Name}: {result.Reason}";
            if (result.Outcome == RequirementOutcome.Unknown)
                throw new RequirementDemandedException($"Cannot tell whether this host has what the test needs. It {message}");
            if (result.Outcome != RequirementOutcome.Unmet)
                continue;
            if (Demanding(requirement, context.Settings) is { } word)
                throw new RequirementDemandedException($"The test {message}. XUNIT_QEMU_REQUIRE has '{word}': it must not be skipped for that.");
            throw new RequirementNotMetException(message);
        }
    }

    private static async Task<RequirementResult> CheckAsync(IQemuRequirement requirement, RequirementContext context)
    {
        try
        {
            return await requirement.CheckAsync(context, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not (QemuConfigurationException or RequirementNotMetException))
        {
            throw new RequirementDemandedException($"Checking the requirement '{requirement.Name}' failed: {error.Message}", error);
        }
    }

    private static string? Demanding(IQemuRequirement requirement, QemuTestSettings settings) =>
        settings.Require.FirstOrDefault(word => word == "all" || requirement.Keywords.Contains(word, StringComparer.OrdinalIgnoreCase));

    private sealed record Answer(HostRequirements Requirements, QemuTestSettings Settings, string? Reason, long Timestamp);
}
