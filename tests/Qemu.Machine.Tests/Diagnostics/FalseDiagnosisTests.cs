using Qemu.Machine;

namespace Tests.Qemu.Machine;

/// <summary>Launches that succeed, most of them with a warning: when such a machine fails later, its warnings are not to blame.</summary>
public sealed class FalseDiagnosisTests(CorpusFiles files) : IClassFixture<CorpusFiles>
{
    private static readonly string[] s_launches =
    [
        "",
        "-machine q35",
        "-machine microvm",
        "-cpu Skylake-Server",
        "-cpu max",
        "-smp 2",
        "-netdev user,id=n",
        "-netdev user,id=n,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=n",
        "-trace foo",
        "-L /nonexistent",
        "-fsdev local,id=f,path=/nonexistent,security_model=none",
        "-device virtio-net-pci",
        "-device virtio-serial-pci -device virtconsole,chardev=c -chardev null,id=c",
        "-drive if=none,id=d,format=raw,file={dir}/disk.raw -device virtio-blk-pci,drive=d",
        "-drive if=none,id=d,format=qcow2,file={dir}/disk.qcow2,snapshot=on -device virtio-blk-pci,drive=d",
        "{dir}/disk.raw",
        "-chardev socket,id=c,host=127.0.0.1,port=0,server=on,wait=off",
        "-global foo.bar=1",
        "-accel tcg,thread=single",
        "-m 0",
        "-display none",
        "-no-reboot -no-shutdown -nodefaults",
    ];

    public static TheoryData<string, string> Launches()
    {
        var data = new TheoryData<string, string>();
        foreach (string version in CorpusQemu.Versions)
        {
            foreach (string launch in s_launches)
                data.Add(version, launch);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Launches))]
    public async Task Launch_that_succeeds_has_nothing_that_a_rule_would_take_for_a_cause(string version, string arguments)
    {
        await using QemuMachine machine = new QemuMachineBuilder(CorpusQemu.Binary(version))
            .WithArguments("-S")
            .WithArguments(arguments.Replace("{dir}", files.Root, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Build();

        await machine.LaunchAsync(TestContext.Current.CancellationToken);

        var evidence = new LaunchEvidence
        {
            Spec = machine.Spec,
            CommandLine = [machine.Spec.Binary, .. machine.Arguments],
            Output = machine.Log + "qemu: something else went wrong\n",
            Exit = new ExitStatus(1, Signal: null),
        };
        Assert.Null(LaunchDoctor.Diagnose(evidence));
    }
}
