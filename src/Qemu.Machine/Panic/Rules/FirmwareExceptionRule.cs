namespace Qemu.Machine;

/// <summary>UEFI firmware (EDK II) took an exception or failed an assertion.</summary>
internal sealed record FirmwareExceptionRule() : PanicRule("firmware exception")
{
    public override IReadOnlyList<string> Triggers { get; } = ["!!!! X64 Exception Type", "!!!! IA32 Exception Type", "Synchronous Exception at 0x", "ASSERT_EFI_ERROR", "ASSERT ["];

    public override string? FindTitle(string line) => FromTrigger(line)?.Trim('!', ' ');
}
