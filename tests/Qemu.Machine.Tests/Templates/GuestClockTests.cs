using System.Globalization;
using Qemu.Machine;
using Tests.Qemu.Machine.Agent;
using Tests.Qemu.Machine.Shell;

namespace Tests.Qemu.Machine;

/// <summary>The host's clock is made to run two years ahead, which no guest learns of by itself.</summary>
public sealed class GuestClockTests
{
    private static readonly ShiftedTimeProvider s_time = new(TimeSpan.FromDays(730));
    private static readonly TemplateOptions s_options = new() { Clock = GuestClock.Set, CloneTimeout = TimeSpan.FromMinutes(2) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clock_of_a_clone_is_set_by_its_agent_where_it_has_one()
    {
        QemuMachineBuilder builder = (await AgentGuest.BuilderAsync()).WithTimeProvider(s_time).WithTemplate(s_options);
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);

        await using QemuMachine clone = await template.CloneAsync(Token);

        Assert.Equal((MachineStartKind.Clone, null), (clone.LatestStart!.Kind, clone.LatestStart.Reason));
        long nanoseconds = (await clone.GuestAgent.ExecuteAsync("guest-get-time", Token)).GetInt64();
        Assert.InRange(DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100), template.CreatedAt.AddSeconds(-2), s_time.GetUtcNow().AddSeconds(2));
        Assert.DoesNotContain("date -u", clone.Console.GetText());
    }

    [Fact]
    public async Task Clock_of_a_clone_without_an_agent_is_set_by_its_shell()
    {
        QemuMachineBuilder builder = (await LinuxGuest.BuilderAsync()).WithTimeProvider(s_time).WithTemplate(s_options);
        await using QemuTemplate template = await QemuTemplate.CreateAsync(builder, Token);

        await using QemuMachine clone = await template.CloneAsync(Token);

        Assert.Equal((MachineStartKind.Clone, null), (clone.LatestStart!.Kind, clone.LatestStart.Reason));
        ShellResult date = await clone.Shell.RunAsync("date +%s", TimeSpan.FromMinutes(1));
        long seconds = long.Parse(date.Output.Trim(), CultureInfo.InvariantCulture);
        Assert.InRange(DateTimeOffset.FromUnixTimeSeconds(seconds), template.CreatedAt.AddSeconds(-2), s_time.GetUtcNow().AddSeconds(2));
    }
}
