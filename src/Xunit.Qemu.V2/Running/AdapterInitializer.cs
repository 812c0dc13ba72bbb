using System.Runtime.CompilerServices;
using Qemu.Testing;

namespace Xunit.Qemu;

/// <summary>Tells the layers below how the running test is found, before any code of this assembly runs.</summary>
internal static class AdapterInitializer
{
    [ModuleInitializer]
    internal static void Initialize()
    {
        TestScope.SetSource(CurrentTest.Find);
        TestFlow.SetSource(static () => CurrentTest.Flow, RunnerDiagnostics.Tell);
    }
}
