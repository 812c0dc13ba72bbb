namespace Qemu.Qmp;

internal enum QmpMessageKind
{
    Greeting,
    Reply,
    Event,
}
