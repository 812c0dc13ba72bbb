using Qemu.Testing;

namespace Tests.Qemu.Testing.Recording;

public sealed class TestFailureTests
{
    [Theory]
    [InlineData("It went wrong.\r\nBadly.", "It went wrong.")]
    [InlineData("\n  It went wrong.", "It went wrong.")]
    [InlineData("Expected: a\nActual:   b\nmore", "Expected: a. Actual: b")]
    [InlineData("Expected: a\nand nothing else", "Expected: a")]
    [InlineData("Assert.Equal() Failure\nExpected: a\nActual: b", "Assert.Equal() Failure")]
    [InlineData("", "")]
    public void Title_says_in_a_line_what_happened(string message, string title) => Assert.Equal(title, TestFailure.Of(message).Title);
}
