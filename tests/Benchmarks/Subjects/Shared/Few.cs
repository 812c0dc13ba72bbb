using Xunit;

namespace Subjects.Few;

// Classes that share one machine where the attribute is about machines.
[CollectionDefinition(nameof(Few))]
public sealed class Few : SharedByAll;

[Collection(nameof(Few))]
public sealed class Few00 : HundredTests;
