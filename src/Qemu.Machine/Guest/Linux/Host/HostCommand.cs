namespace Qemu.Machine;

/// <summary>Runs a program of the host and returns what it wrote to its standard output; anything but success is a <see cref="GuestImageException"/>.</summary>
internal delegate Task<string> HostCommand(string program, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellationToken);
