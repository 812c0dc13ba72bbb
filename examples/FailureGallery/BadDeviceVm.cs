using Qemu.Machine;

namespace FailureGallery;

public sealed class BadDeviceVm : RomVm
{
    protected override void Configure(QemuMachineBuilder vm)
    {
        base.Configure(vm);
        vm.WithDevice("virtio-teapot-pci");
    }
}
