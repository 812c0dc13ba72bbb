global using Test = Xunit.FactAttribute;

namespace Subjects;

/// <summary>The floor shares nothing.</summary>
public abstract class SharedByAll;
