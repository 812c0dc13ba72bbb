using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qemu.Qmp;

namespace Tests.Qmp;

public sealed class ArgumentTests
{
    [Theory]
    [InlineData("driver", "driver")]
    [InlineData("node_name", "node-name")]
    [InlineData("node__name", "node_name")]
    [InlineData("a_b_c", "a-b-c")]
    [InlineData("a___b", "a_-b")]
    [InlineData("a____b", "a__b")]
    [InlineData("x_ignore_shared", "x-ignore-shared")]
    [InlineData("_a", "-a")]
    [InlineData("a_", "a-")]
    [InlineData("__a", "_a")]
    [InlineData("a__", "a_")]
    [InlineData("CamelCase", "CamelCase")]
    public void Key_of_an_object_is_converted(string name, string key) => Assert.Equal(key, QmpKeyNaming.Instance.ConvertName(name));

    [Fact]
    public void Object_keys_are_converted_at_every_depth_and_others_are_not()
    {
        var arguments = new
        {
            node_name = "disk",
            max__size = 1,
            file = new { read_only = true, list = new object[] { new { x_y = (string?)null } } },
            dictionary = new Dictionary<string, object?> { ["a_b"] = new { c_d = 1 } },
            element = Json.Parse("""{"e_f": 2}"""),
        };
        Assert.Equal(
            """{"node-name":"disk","max_size":1,"file":{"read-only":true,"list":[{"x-y":null}]},"dictionary":{"a_b":{"c-d":1}},"element":{"e_f": 2}}""".Replace(" ", "", StringComparison.Ordinal),
            Arguments(QmpCommand.Create("c", arguments)));
    }

    [Fact]
    public void Dictionary_goes_verbatim_with_every_supported_type()
    {
        Dictionary<string, object?> arguments = new()
        {
            ["a_b"] = null,
            ["text"] = "t",
            ["flag"] = true,
            ["int"] = -1,
            ["ulong"] = ulong.MaxValue,
            ["double"] = 0.5,
            ["decimal"] = 1.25m,
            ["list"] = new object?[] { 1, "x", new Dictionary<string, object?> { ["k_k"] = 1 } },
            ["element"] = Json.Parse("""{"e_f":[2]}"""),
            ["node"] = new JsonObject { ["n_n"] = 3 },
        };
        Assert.Equal(
            """{"a_b":null,"text":"t","flag":true,"int":-1,"ulong":18446744073709551615,"double":0.5,"decimal":1.25,"list":[1,"x",{"k_k":1}],"element":{"e_f":[2]},"node":{"n_n":3}}""",
            Arguments(QmpCommand.Create("c", arguments)));
    }

    [Fact]
    public void Dictionary_with_an_unsupported_value_is_refused_and_the_place_named()
    {
        Dictionary<string, object?> arguments = new() { ["outer"] = new Dictionary<string, object?> { ["inner"] = new { a = 1 } } };
        ArgumentException error = Assert.Throws<ArgumentException>(() => QmpCommand.Create("c", arguments));
        Assert.Contains("'outer.inner'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Object_that_is_no_json_object_is_refused()
    {
        Assert.Throws<ArgumentException>(() => QmpCommand.Create("human-monitor-command", "info status"));
        Assert.Throws<ArgumentException>(() => QmpCommand.Create("c", new[] { 1 }));
        Assert.Throws<ArgumentException>(() => QmpCommand.Create("c", Json.Parse("[]")));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{},\"id\":1")]
    [InlineData("nonsense")]
    [InlineData("""{"a":"\ud800"}""")]
    public void Text_that_is_not_one_json_object_is_refused(string arguments) =>
        Assert.Throws<ArgumentException>(() => new QmpCommand("c", Encoding.UTF8.GetBytes(arguments)));

    [Fact]
    public void Text_that_is_not_unicode_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new QmpCommand("c", new byte[] { (byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}' }));
        Assert.Throws<ArgumentException>(() => QmpCommand.Create("c", Json.Parse("""{"a":"\ud800"}""")));
    }

    [Fact]
    public void Text_over_several_lines_becomes_one_line() =>
        Assert.Equal("""{"a":[1,2]}""", Arguments(new QmpCommand("c", "{\r\n \"a\": [1,\n 2]}"u8.ToArray())));

    [Fact]
    public void Undefined_element_means_no_arguments() => Assert.True(QmpCommand.Create("c", default(JsonElement)).Arguments.IsEmpty);

    [Fact]
    public void Empty_name_is_refused() => Assert.Throws<ArgumentException>(() => new QmpCommand(""));

    [Fact]
    public void Timeout_out_of_range_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new QmpCommand("c") { Timeout = TimeSpan.FromSeconds(-2) });

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"error": 1}""")]
    public void Response_refuses_what_is_no_reply(string raw) => Assert.Throws<ArgumentException>(() => new QmpResponse(Json.Parse(raw)));

    [Fact]
    public void Response_of_a_reply_gives_its_value()
    {
        QmpResponse response = new(Json.Parse("""{"return": 5}"""));
        Assert.Equal(5, response.GetReturnOrThrow("c").GetInt32());
        Assert.Equal("""{"return": 5}""", response.ToString());
    }

    private static string Arguments(QmpCommand command) => Encoding.UTF8.GetString(command.Arguments.Span);
}
