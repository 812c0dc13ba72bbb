using Qemu.Testing;

namespace Tests.Qemu.Testing.Requirements;

public sealed class CombinedRequirementTests
{
    private static readonly IQemuRequirement s_met = new Fixed("met", RequirementResult.Met);
    private static readonly IQemuRequirement s_unmet = new Fixed("a thing", RequirementResult.Unmet("not here"));
    private static readonly IQemuRequirement s_unknown = new Fixed("riddle", RequirementResult.Unknown("it crashed"));

    [Fact]
    public async Task All_is_met_when_every_one_is()
    {
        await ExpectAsync(QemuRequirements.All(s_met, s_met), RequirementOutcome.Met, "");
        await ExpectAsync(QemuRequirements.All(s_met, s_unmet, s_unknown), RequirementOutcome.Unmet, "no a thing (not here)");
        await ExpectAsync(QemuRequirements.All(s_met, s_unknown), RequirementOutcome.Unknown, "it crashed");
        await ExpectAsync(QemuRequirements.All(), RequirementOutcome.Met, "");
        Assert.Equal("met and a thing", QemuRequirements.All(s_met, s_unmet).Name);
    }

    [Fact]
    public async Task Any_is_met_when_one_is()
    {
        await ExpectAsync(QemuRequirements.Any(s_unknown, s_unmet, s_met), RequirementOutcome.Met, "");
        await ExpectAsync(QemuRequirements.Any(s_unmet, s_unmet), RequirementOutcome.Unmet, "no a thing (not here), no a thing (not here)");
        await ExpectAsync(QemuRequirements.Any(s_unmet, s_unknown), RequirementOutcome.Unknown, "it crashed");
        Assert.Equal("met or a thing", QemuRequirements.Any(s_met, s_unmet).Name);
    }

    [Fact]
    public async Task Not_is_met_when_the_other_is_not()
    {
        await ExpectAsync(QemuRequirements.Not(s_met), RequirementOutcome.Unmet, "this host has it");
        await ExpectAsync(QemuRequirements.Not(s_unmet), RequirementOutcome.Met, "");
        await ExpectAsync(QemuRequirements.Not(s_unknown), RequirementOutcome.Unknown, "it crashed");
        Assert.Equal("no met", QemuRequirements.Not(s_met).Name);
    }

    [Fact]
    public void Keywords_of_a_combination_are_those_of_its_parts()
    {
        IQemuRequirement both = QemuRequirements.All(QemuRequirements.Accelerator("kvm"), QemuRequirements.Not(QemuRequirements.Device("qxl")));
        Assert.Superset(new HashSet<string> { "kvm", "accelerator", "device", "qxl" }, both.Keywords.ToHashSet());
    }

    [Fact]
    public async Task One_that_blocks_is_given_up_on()
    {
        using var stuck = new ManualResetEventSlim();
        var requirement = new ForeignRequirement(
            new Asked("a miracle", _ =>
            {
                stuck.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
                return Task.FromResult(RequirementResult.Met);
            }),
            TimeSpan.FromSeconds(1));

        var late = await Assert.ThrowsAsync<TimeoutException>(() => requirement.CheckAsync(new RequirementContext("qemu", new QemuTestSettings()), TestContext.Current.CancellationToken));

        Assert.Equal("it did not end within 1 s", late.Message);
        stuck.Set();
    }

    [Fact]
    public async Task One_that_waits_for_its_token_is_ended_and_told_as_late()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var requirement = new ForeignRequirement(
            new Asked("a miracle", async token =>
            {
                using CancellationTokenRegistration end = token.Register(ended.SetResult);
                await Task.Delay(Timeout.Infinite, token);
                return RequirementResult.Met;
            }),
            TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAsync<TimeoutException>(() => requirement.CheckAsync(new RequirementContext("qemu", new QemuTestSettings()), TestContext.Current.CancellationToken));

        await ended.Task;
        Assert.Equal("a miracle", requirement.Name);
    }

    private static async Task ExpectAsync(IQemuRequirement requirement, RequirementOutcome outcome, string reason)
    {
        RequirementResult result = await requirement.CheckAsync(new RequirementContext("qemu", new QemuTestSettings()), TestContext.Current.CancellationToken);
        Assert.Equal((outcome, reason), (result.Outcome, result.Reason));
    }

    private sealed class Asked(string name, Func<CancellationToken, Task<RequirementResult>> check) : IQemuRequirement
    {
        public string Name => name;

        public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => check(cancellationToken);
    }

    private sealed class Fixed(string name, RequirementResult result) : IQemuRequirement
    {
        public string Name => name;

        public Task<RequirementResult> CheckAsync(RequirementContext context, CancellationToken cancellationToken) => Task.FromResult(result);
    }
}
