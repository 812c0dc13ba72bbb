global using Test = Subjects.TraitFactAttribute;

using System.Runtime.CompilerServices;
using Xunit;
using Xunit.v3;

namespace Subjects;

/// <summary>The floor shares nothing.</summary>
public abstract class SharedByAll;

/// <summary>A fact with a trait: what xUnit.net itself takes for the one that <c>[QemuFact]</c> has.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TraitFactAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : FactAttribute(sourceFilePath, sourceLineNumber), ITraitAttribute
{
    private static readonly KeyValuePair<string, string>[] s_traits = [new("Category", "Some")];

    /// <inheritdoc/>
    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => s_traits;
}
