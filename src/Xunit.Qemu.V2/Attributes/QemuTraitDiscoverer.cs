using Xunit.Abstractions;
using Xunit.Sdk;

namespace Xunit.Qemu;

/// <summary>Gives xUnit.net the traits of <c>[QemuFact]</c> and <c>[QemuTheory]</c>.</summary>
internal sealed class QemuTraitDiscoverer : ITraitDiscoverer
{
    public IEnumerable<KeyValuePair<string, string>> GetTraits(IAttributeInfo traitAttribute) => QemuTraits.All;
}
