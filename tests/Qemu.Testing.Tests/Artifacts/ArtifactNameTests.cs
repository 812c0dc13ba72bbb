using Qemu.Testing;

namespace Tests.Qemu.Testing.Artifacts;

public sealed class ArtifactNameTests
{
    [Theory]
    [InlineData("Powers_off")]
    [InlineData("Some.Tests-net10.0")]
    [InlineData("Outer+Inner")]
    public void Plain_name_stays_as_it_is(string name) => Assert.Equal(name, ArtifactName.Segment(name));

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("")]
    [InlineData("a/b\\c")]
    [InlineData("nul\0inside")]
    [InlineData("line\nbreak\u001b[31m")]
    [InlineData("NUL")]
    [InlineData("com1.txt")]
    [InlineData("trailing.")]
    [InlineData("日本語のテスト")]
    [InlineData("\uD800 lone surrogate")]
    [InlineData("-rf")]
    public void Hostile_name_becomes_one_harmless_segment(string name)
    {
        string segment = ArtifactName.Segment(name);

        Assert.Matches("^[A-Za-z0-9_+=(),.-]+$", segment);
        Assert.DoesNotMatch(@"^[.-]|[.]$|\.\.$", segment);
        Assert.NotEqual(name, segment);
        Assert.Equal(segment, Path.GetFileName(segment));
    }

    [Fact]
    public void Long_names_are_cut_and_stay_different()
    {
        string one = ArtifactName.Segment(new string('a', 5000) + "1");
        string two = ArtifactName.Segment(new string('a', 5000) + "2");

        Assert.InRange(one.Length, 1, 80);
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void Names_that_differ_only_in_what_is_replaced_stay_different() =>
        Assert.NotEqual(ArtifactName.Segment("a/b"), ArtifactName.Segment("a\\b"));

    [Fact]
    public void Rows_that_look_the_same_stay_different() =>
        Assert.NotEqual(ArtifactName.HashedSegment("Test(x: ···)", "1"), ArtifactName.HashedSegment("Test(x: ···)", "2"));
}
