namespace Qemu.Testing;

/// <summary>One file of a test's artefact directory.</summary>
/// <param name="Name">Its name, with the machine's folder in front where there are several machines.</param>
/// <param name="Write">Writes its content.</param>
internal sealed record EvidenceFile(string Name, Action<Stream> Write);
