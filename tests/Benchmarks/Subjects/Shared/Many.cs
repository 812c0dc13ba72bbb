using Xunit;

namespace Subjects.Many;

// Classes that share one machine where the attribute is about machines.
[CollectionDefinition(nameof(Many))]
public sealed class Many : SharedByAll;

[Collection(nameof(Many))]
public sealed class Many00 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many01 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many02 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many03 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many04 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many05 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many06 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many07 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many08 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many09 : HundredTests;

[Collection(nameof(Many))]
public sealed class Many10 : HundredTests;
