using Microsoft.Extensions.Logging;
using Qemu.Machine;

namespace Tests.Qemu.Machine;

public sealed class TemplateCacheTests : IDisposable
{
    private readonly TemplateHome _home = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Machine_with_a_template_boots_once_and_is_cloned_from_then_on()
    {
        await using (QemuMachine first = _home.Describe().Build())
        {
            await first.StartAsync(Token);
            Assert.Equal(MachineStartKind.Clone, first.LatestStart!.Kind);
            await first.PokeAsync("11");
        }

        await using QemuMachine second = _home.Describe().Build();
        await second.StartAsync(Token);

        Assert.Equal(MachineStartKind.Clone, second.LatestStart!.Kind);
        Assert.Equal("5a", await second.PeekAsync());
        Assert.DoesNotContain(TestRom.Ready, second.Console.GetText());
        Assert.Equal(1, _home.Builds);
        Assert.Empty(Directory.EnumerateDirectories(_home.Cache.Directory, "*partial*"));
    }

    [Fact]
    public async Task Template_is_built_once_when_many_want_it_at_the_same_time()
    {
        QemuMachine[] machines = [.. Enumerable.Range(0, 6).Select(_ => _home.Describe().Build())];
        try
        {
            await Task.WhenAll(machines.Select(machine => machine.StartAsync(Token)));

            Assert.All(machines, machine => Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind));
            Assert.Equal(1, _home.Builds);
        }
        finally
        {
            foreach (QemuMachine machine in machines)
                await machine.DisposeAsync();
        }
    }

    [Fact]
    public async Task Template_is_found_by_all_that_it_depends_on()
    {
        string image = _home.WriteFile("rom", await File.ReadAllBytesAsync(TestRom.Path, Token));
        string disk = _home.WriteFile("disk.img", new byte[1024]);
        string initial = _home.WriteFile("initial", [1]);
        QemuMachineBuilder Same() => _home.Describe().WithFirmware(image).WithDisk(disk).WithArguments("-fw_cfg", $"name=opt/x,file={initial}");
        var keys = new List<string>
        {
            await KeyAsync(Same()),
            await KeyAsync(Same().WithMemory("33M")),
            await KeyAsync(Same().WithMachine("q35")),
            await KeyAsync(Same().WithArguments("-rtc", "base=2020-01-01")),
            await KeyAsync(Same().ReadyWhen(Readiness.Console("TESTROM READ"))),
            await KeyAsync(Same().WithTemplate(new TemplateOptions { MemoryDirectory = "/dev/shm" })),
        };
        Assert.Equal(keys[0], await KeyAsync(Same().WithName("another").WithConsoleLog(Path.Combine(_home.Root, "log"))));

        await File.AppendAllTextAsync(image, "x", Token);
        keys.Add(await KeyAsync(Same()));
        await File.WriteAllBytesAsync(disk, [.. new byte[1023], 1], Token);
        keys.Add(await KeyAsync(Same()));
        await File.WriteAllBytesAsync(initial, [2], Token);
        keys.Add(await KeyAsync(Same()));

        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Fact]
    public async Task Template_on_the_best_accelerator_is_the_one_on_what_that_stands_for()
    {
        QemuMachineSpec machine = _home.Describe().Spec;
        QemuMachineSpec On(string accelerator) =>
            machine with { Options = machine.Options.RemoveAll(option => option is AcceleratorOption).Add(new AcceleratorOption(accelerator)) };
        AcceleratorChoice best = await AcceleratorChoice.ChooseAsync(HostTarget.Of(machine), HostFacts.Shared, Token);

        Assert.Equal(await KeyAsync(On(best.Name)), await KeyAsync(On(Accelerators.BestAvailable)));
    }

    [Fact]
    public async Task Content_counts_below_an_image_too()
    {
        string raw = _home.WriteFile("below.img", new byte[1024]);
        string overlay = Path.Combine(_home.Root, "above.qcow2");
        Qcow2Image.Create(overlay, raw, "raw");
        string before = await KeyAsync(_home.Describe().WithDisk(overlay));

        await File.WriteAllBytesAsync(raw, [.. new byte[1023], 1], Token);

        Assert.NotEqual(before, await KeyAsync(_home.Describe().WithDisk(overlay)));
    }

    [Fact(Timeout = 60_000)]
    public async Task Image_that_backs_itself_has_a_key_too()
    {
        string image = _home.WriteFile("itself.qcow2", new byte[1024]);
        string overlay = Path.Combine(_home.Root, "above.qcow2");
        Qcow2Image.Create(overlay, image, "raw");
        File.Move(overlay, image, overwrite: true);

        Assert.NotEmpty(await KeyAsync(_home.Describe().WithDisk(image)));
    }

    [Theory]
    [InlineData("device-state")]
    [InlineData("memory")]
    [InlineData("manifest.json")]
    [InlineData("disk0.qcow2")]
    public async Task Damaged_template_is_thrown_away_and_built_anew(string file)
    {
        string disk = _home.WriteFile("disk.img", new byte[1024 * 1024]);
        await StartOnceAsync(_home.Describe().WithDisk(disk));
        await File.WriteAllTextAsync(Path.Combine(_home.OnlyTemplate, file), "damaged", Token);

        MachineStart start = await StartOnceAsync(_home.Describe().WithDisk(disk));

        Assert.Equal(MachineStartKind.Clone, start.Kind);
        Assert.Equal(2, _home.Builds);
        Assert.Contains(_home.Log, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("thrown away"));
    }

    [Fact]
    public async Task What_a_killed_builder_left_is_no_template_and_goes()
    {
        await StartOnceAsync(_home.Describe());
        string left = _home.OnlyTemplate + ".partial-0123";
        Directory.Move(_home.OnlyTemplate, left);

        MachineStart start = await StartOnceAsync(_home.Describe());

        Assert.Equal(MachineStartKind.Clone, start.Kind);
        Assert.Equal(2, _home.Builds);
        Assert.False(Directory.Exists(left));
    }

    [Fact]
    public async Task Cache_lists_what_it_holds_and_clears_it()
    {
        await StartOnceAsync(_home.Describe());

        TemplateCacheEntry entry = Assert.Single(_home.Cache.List());
        Assert.Contains("pc 32M", entry.Machine);
        Assert.InRange(entry.Size, 100_000, 32 * 1024 * 1024);
        Assert.Equal(entry.Size, _home.Cache.Clear());

        Assert.Empty(_home.Cache.List());
        Assert.Empty(Directory.EnumerateDirectories(_home.Cache.Directory));
    }

    [Fact]
    public async Task Memory_can_be_elsewhere_and_goes_with_its_template()
    {
        string memory = Directory.CreateDirectory(Path.Combine(_home.Root, "memory")).FullName;
        var options = new TemplateOptions { MemoryDirectory = memory };

        await StartOnceAsync(_home.Describe(options));
        MachineStart second = await StartOnceAsync(_home.Describe(options));

        Assert.Equal(MachineStartKind.Clone, second.Kind);
        Assert.Equal(1, _home.Builds);
        Assert.Single(Directory.EnumerateDirectories(memory));
        _home.Cache.Clear();
        Assert.Empty(Directory.EnumerateDirectories(memory));
    }

    [Fact]
    public async Task Template_in_use_stays_and_the_one_unused_longest_goes_first()
    {
        await StartOnceAsync(_home.Describe());
        string first = Assert.Single(_home.Cache.List()).Key;
        await StartOnceAsync(_home.Describe().WithMemory("33M"));
        long size = _home.Cache.List().Max(entry => entry.Size);

        _home.Cache.Trim(size);
        string second = Assert.Single(_home.Cache.List()).Key;
        Assert.NotEqual(first, second);

        await using (await _home.Cache.GetOrCreateAsync(_home.Describe().WithMemory("33M").Spec, Token))
            Assert.Equal(0, _home.Cache.Clear());
        Assert.NotEqual(0, _home.Cache.Clear());
    }

    [Fact]
    public async Task Template_stays_as_long_as_a_machine_that_came_from_it_exists()
    {
        await using (QemuMachine machine = _home.Describe().Build())
        {
            await machine.StartAsync(Token);
            await machine.ShutdownAsync(cancellationToken: Token);

            Assert.Equal(0, _home.Cache.Clear());
            await machine.StartAsync(Token);

            Assert.Equal(MachineStartKind.Clone, machine.LatestStart!.Kind);
            Assert.Equal(1, _home.Builds);
        }

        Assert.NotEqual(0, _home.Cache.Clear());
    }

    [Fact]
    public async Task One_lease_serves_all_who_want_the_same_template()
    {
        QemuTemplate one = await _home.Cache.GetOrCreateAsync(_home.Describe().WithName("one").Spec, Token);
        QemuTemplate two = await _home.Cache.GetOrCreateAsync(_home.Describe().WithName("two").Spec, Token);
        Assert.Equal(one.Key, two.Key);
        await using QemuMachine clone = await two.CloneAsync(Token);
        Assert.StartsWith("two", clone.Name);

        await one.DisposeAsync();
        await one.DisposeAsync();
        Assert.Equal(0, _home.Cache.Clear());
        await two.DisposeAsync();
        Assert.NotEqual(0, _home.Cache.Clear());
    }

    [Fact]
    public async Task Template_that_is_damaged_while_in_use_is_not_given_to_the_next_one()
    {
        await using QemuTemplate first = await _home.Cache.GetOrCreateAsync(_home.Describe().Spec, Token);
        File.Delete(first.Files.Memory);

        await using QemuTemplate second = await _home.Cache.GetOrCreateAsync(_home.Describe().Spec, Token);
        await using QemuMachine clone = await second.CloneAsync(Token);

        Assert.Equal(2, _home.Builds);
        Assert.Equal("5a", await clone.PeekAsync());
    }

    [Fact]
    public async Task Damaged_template_that_another_process_uses_is_not_waited_for()
    {
        await StartOnceAsync(_home.Describe());
        string template = _home.OnlyTemplate;
        using FileLock? other = FileLock.TryAcquire(template + ".lock", shared: true);
        File.Delete(Path.Combine(template, "memory"));

        MachineStart start = await StartOnceAsync(_home.Describe());

        Assert.Equal(MachineStartKind.FallbackBoot, start.Kind);
        Assert.Contains("must be built anew", start.Reason);
    }

    [Fact]
    public async Task Somebody_who_looks_for_the_template_at_the_same_time_does_not_keep_it_from_being_built()
    {
        string key = await KeyAsync(_home.Describe());
        using FileLock? looking = FileLock.TryAcquire(Path.Combine(_home.Cache.Directory, key + ".lock"), shared: true);

        MachineStart start = await StartOnceAsync(_home.Describe());

        Assert.Equal(MachineStartKind.Clone, start.Kind);
    }

    [Fact]
    public async Task Template_is_given_also_when_the_cache_cannot_be_trimmed()
    {
        File.WriteAllText(Path.Combine(_home.Cache.Directory, "0123.lock"), "");
        Directory.CreateDirectory(Path.Combine(_home.Cache.Directory, "0123.building")); // where a file should be

        MachineStart start = await StartOnceAsync(_home.Describe());

        Assert.Equal(MachineStartKind.Clone, start.Kind);
        Assert.Contains(_home.Log, entry => entry.Level == LogLevel.Warning && entry.Text.Contains("could not be trimmed"));
    }

    [Fact]
    public async Task Template_is_released_once_though_several_dispose_of_it_at_the_same_time()
    {
        int released = 0;
        QemuTemplate template = null!;
        template = new QemuTemplate(_home.Describe().Spec, new TemplateFiles(_home.Root, _home.Root), manifest: null!, key: null, Release, static () => { });

        await template.DisposeAsync();

        Assert.Equal(1, released);

        void Release()
        {
            if (Interlocked.Increment(ref released) == 1)
                Task.Run(async () => await template.DisposeAsync(), Token).Wait(Machines.HangGuard, Token);
        }
    }

    [Theory]
    [InlineData("pc,accel=kvm", "", true)]
    [InlineData("pc", "kvm", true)]
    [InlineData("pc,accel=tcg", "", false)]
    [InlineData("pc", "tcg,thread=single", false)]
    public async Task Template_that_may_hold_the_hosts_processor_is_not_for_another(string machine, string accelerator, bool differs)
    {
        QemuMachineBuilder builder = RomMachine.Describe(machine).WithSettings(_home.Settings);
        QemuMachineSpec spec = builder.Spec with { Options = builder.Spec.Options.RemoveAll(option => option is AcceleratorOption) };
        if (accelerator.Length > 0)
            spec = spec with { Options = spec.Options.Add(new AcceleratorOption(accelerator)) };
        var hashes = new ContentHashes(Path.Combine(_home.Root, "hashes"));

        string here = await TemplateKey.ComputeAsync(spec, hashes, "1.0", "one model", Token);
        string elsewhere = await TemplateKey.ComputeAsync(spec, hashes, "1.0", "another model", Token);

        Assert.Equal(differs, here != elsewhere);
    }

    [Fact]
    public async Task Kernel_initial_ramdisk_and_QEMU_itself_are_part_of_the_key()
    {
        string kernel = _home.WriteFile("kernel", [1]);
        string initial = _home.WriteFile("initrd", [1]);
        string qemu = _home.WriteFile("qemu", "#!/bin/sh\nexec qemu-system-x86_64 \"$@\"\n"u8.ToArray());
        File.SetUnixFileMode(qemu, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        QemuMachineBuilder Same(string append = "quiet") => new QemuMachineBuilder(qemu).WithMemory("32M").WithKernel(kernel, initial, append);
        var keys = new List<string> { await KeyAsync(Same()), await KeyAsync(Same("verbose")) };

        await File.WriteAllBytesAsync(kernel, [2], Token);
        keys.Add(await KeyAsync(Same()));
        await File.WriteAllBytesAsync(initial, [2], Token);
        keys.Add(await KeyAsync(Same()));
        await File.AppendAllTextAsync(qemu, "# of another version\n", Token);
        keys.Add(await KeyAsync(Same()));

        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Fact]
    public async Task Another_version_of_the_library_takes_no_template_of_this_one()
    {
        QemuMachineSpec spec = _home.Describe().Spec;
        var hashes = new ContentHashes(Path.Combine(_home.Root, "hashes"));

        Assert.Equal(await TemplateKey.ComputeAsync(spec, hashes, "1.0", "a model", Token), await TemplateKey.ComputeAsync(spec, hashes, "1.0", "a model", Token));
        Assert.NotEqual(await TemplateKey.ComputeAsync(spec, hashes, "1.0", "a model", Token), await TemplateKey.ComputeAsync(spec, hashes, "1.1", "a model", Token));
    }

    [Fact]
    public async Task Cache_that_is_too_small_for_one_template_still_gives_it()
    {
        QemuSettings settings = _home.Settings with { TemplateCacheSize = 1 };

        MachineStart start = await StartOnceAsync(_home.Describe().WithSettings(settings));

        Assert.Equal(MachineStartKind.Clone, start.Kind);
        Assert.Equal(1, _home.Builds);
    }

    private static async Task<MachineStart> StartOnceAsync(QemuMachineBuilder builder)
    {
        await using QemuMachine machine = builder.Build();
        await machine.StartAsync(Token);
        return machine.LatestStart!;
    }

    private Task<string> KeyAsync(QemuMachineBuilder builder) => KeyAsync(builder.Spec);

    private Task<string> KeyAsync(QemuMachineSpec spec) =>
        TemplateKey.ComputeAsync(spec, new ContentHashes(Path.Combine(_home.Root, "hashes")), Token);
}
