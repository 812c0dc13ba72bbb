namespace Qemu.Testing;

/// <summary>Marks a failed assertion: xUnit.net v3 tells it from an error by an interface of this name.</summary>
internal interface IAssertionException;
