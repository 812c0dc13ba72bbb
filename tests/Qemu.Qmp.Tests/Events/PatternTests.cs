using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class PatternTests
{
    [Theory]
    // Partial objects, at every depth.
    [InlineData("""{}""", """{}""", true)]
    [InlineData("""{}""", """{"a": 1}""", true)]
    [InlineData("""{"a": 1}""", """{"a": 1, "b": 2}""", true)]
    [InlineData("""{"a": 1}""", """{"b": 1}""", false)]
    [InlineData("""{"a": {"b": {"c": 1}}}""", """{"a": {"b": {"c": 1, "d": 2}, "e": 3}}""", true)]
    [InlineData("""{"a": {"b": {"c": 1}}}""", """{"a": {"b": {"c": 2}}}""", false)]
    [InlineData("""{"a": {}}""", """{"a": {"b": 1}}""", true)]
    [InlineData("""{"a": {}}""", """{"a": "text"}""", false)]
    [InlineData("""{"a": {}}""", """{"a": []}""", false)]
    [InlineData("""{"a": {}}""", """{"a": null}""", false)]
    // null matches anything that is there.
    [InlineData("""{"a": null}""", """{"a": 1}""", true)]
    [InlineData("""{"a": null}""", """{"a": {"b": 1}}""", true)]
    [InlineData("""{"a": null}""", """{"a": null}""", true)]
    [InlineData("""{"a": null}""", """{"b": 1}""", false)]
    [InlineData("""null""", """{"b": 1}""", true)]
    // "" and [] are values, not wildcards.
    [InlineData("""{"a": ""}""", """{"a": ""}""", true)]
    [InlineData("""{"a": ""}""", """{"a": "x"}""", false)]
    [InlineData("""{"a": []}""", """{"a": []}""", true)]
    [InlineData("""{"a": []}""", """{"a": [1]}""", false)]
    // Kinds differ: 1 is not true, "1" is not 1.
    [InlineData("""{"a": 1}""", """{"a": true}""", false)]
    [InlineData("""{"a": true}""", """{"a": 1}""", false)]
    [InlineData("""{"a": 0}""", """{"a": false}""", false)]
    [InlineData("""{"a": "1"}""", """{"a": 1}""", false)]
    [InlineData("""{"a": true}""", """{"a": true}""", true)]
    [InlineData("""{"a": true}""", """{"a": false}""", false)]
    [InlineData("""{"a": false}""", """{"a": null}""", false)]
    // Numbers by value.
    [InlineData("""{"a": 1}""", """{"a": 1.0}""", true)]
    [InlineData("""{"a": 1e2}""", """{"a": 100}""", true)]
    [InlineData("""{"a": 9007199254740993}""", """{"a": 9007199254740992}""", false)]
    [InlineData("""{"a": 18446744073709551615}""", """{"a": 18446744073709551615}""", true)]
    [InlineData("""{"a": 1e300}""", """{"a": 1.0e300}""", true)]
    [InlineData("""{"a": 1e300}""", """{"a": 1e299}""", false)]
    // Strings, however escaped.
    [InlineData("""{"a": "\u0041"}""", """{"a": "A"}""", true)]
    [InlineData("""{"a": "A"}""", """{"a": "a"}""", false)]
    [InlineData("""{"a": "\ud83d\ude00"}""", """{"a": "😀"}""", true)]
    [InlineData("""{"\u0061": 1}""", """{"a": 1}""", true)]
    // Lists: element by element, equal length, patterns inside.
    [InlineData("""{"a": [1, 2]}""", """{"a": [1, 2]}""", true)]
    [InlineData("""{"a": [1, 2]}""", """{"a": [2, 1]}""", false)]
    [InlineData("""{"a": [1]}""", """{"a": [1, 2]}""", false)]
    [InlineData("""{"a": [1, null]}""", """{"a": [1, "x"]}""", true)]
    [InlineData("""{"a": [{"b": 1}]}""", """{"a": [{"b": 1, "c": 2}]}""", true)]
    [InlineData("""{"a": [1]}""", """{"a": {"0": 1}}""", false)]
    [InlineData("""[1]""", """{}""", false)]
    public void Pattern_matches_as_json_compares(string pattern, string data, bool expected) =>
        Assert.Equal(expected, TestEvents.Make("E", data).Matches(Json.Parse(pattern)));

    [Fact]
    public void Object_pattern_converts_keys_and_dictionary_does_not()
    {
        QmpEvent qmpEvent = TestEvents.Make("E", """{"node-name": "a", "in_ner": {"x-y": 1}}""");
        Assert.True(qmpEvent.Matches(new { node_name = "a", in__ner = new { x_y = 1 } }));
        Assert.False(qmpEvent.Matches(new { node__name = "a" }));
        Assert.True(qmpEvent.Matches(new Dictionary<string, object?> { ["node-name"] = "a" }));
        Assert.False(qmpEvent.Matches(new Dictionary<string, object?> { ["node_name"] = "a" }));
        Assert.True(qmpEvent.Matches(new { node_name = (string?)null }));
    }

    [Fact]
    public void Name_is_compared_exactly()
    {
        Assert.True(new QmpEventPattern("STOP").Matches(TestEvents.Make("STOP")));
        Assert.False(new QmpEventPattern("STOP").Matches(TestEvents.Make("stop")));
        Assert.False(new QmpEventPattern("STOP").Matches(TestEvents.Make("STOPPED")));
    }

    [Fact]
    public void Pattern_and_event_are_readable_in_messages()
    {
        Assert.Equal("""RESET matching {"guest":false}""", new QmpEventPattern("RESET", new { guest = false }).ToString());
        Assert.Equal("""RESET {"guest": true}""", TestEvents.Make("RESET", """{"guest": true}""").ToString());
    }

    [Fact]
    public void Pattern_that_is_no_object_is_refused() => Assert.Throws<ArgumentException>(() => new QmpEventPattern("RESET", (object)"guest"));

    [Fact]
    public void Pattern_with_half_a_surrogate_pair_is_refused() =>
        Assert.Throws<ArgumentException>(() => new QmpEventPattern("RESET", Json.Parse("""{"a": "\ud800"}""")));

    [Fact]
    public void Event_without_data_has_an_empty_object() => Assert.False(new QmpEvent("STOP", default, default).Data.TryGetProperty("x", out _));
}
