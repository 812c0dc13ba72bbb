#:project ../src/Qemu.Machine/Qemu.Machine.csproj
#:property TargetFramework=net10.0
#:property PublishAot=false
#:property NoWarn=$(NoWarn);IDE0005;EnableGenerateDocumentationFile

// Fetches the guest kernel that tests and examples use into the cache, so that no test waits for a download; prints where it is.
using Qemu.Machine;
using Qemu.Qmp;

try
{
    string? cache = Environment.GetEnvironmentVariable("XUNIT_QEMU_CACHE") is { Length: > 0 } directory ? directory : null;
    LinuxKernel kernel = await LinuxKernel.FromDebianPackageAsync(cacheDirectory: cache, progress: new Progress<string>(Console.Error.WriteLine));
    Console.WriteLine(kernel.Path);

    // Debian's, which has the drivers of 9p; elsewhere the tests that need them skip.
    if (kernel.Release.EndsWith("-cloud-amd64", StringComparison.Ordinal))
        await LinuxKernel.FromDebianPackageAsync("linux-image-amd64", cache, progress: new Progress<string>(Console.Error.WriteLine));
    return 0;
}
catch (QemuException error)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}
