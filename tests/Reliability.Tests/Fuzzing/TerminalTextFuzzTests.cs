using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>What becomes of a console's bytes on their way to messages and matches.</summary>
public sealed class TerminalTextFuzzTests
{
    private static Config Config => Config.QuickThrowOnFailure.WithMaxTest(Soak.Count(sample: 5_000, full: 1_000_000)).WithEndSize(60);

    [Fact]
    public void Text_does_not_depend_on_where_the_bytes_were_cut() => Check.One(
        Config,
        Prop.ForAll(ConsoleBytes.Arbitrary, Arb.From(Gen.Choose(0, int.MaxValue)), static (bytes, seed) =>
            TerminalText.Clean(bytes) == CleanInChunks(bytes, new Random(seed))));

    [Fact]
    public void Text_holds_nothing_that_moves_a_terminal() => Check.One(
        Config,
        Prop.ForAll(ConsoleBytes.Arbitrary, static bytes =>
            TerminalText.Clean(bytes).All(static character => !char.IsControl(character) || character is '\n' or '\t')));

    [Fact]
    public void Text_without_controls_comes_through_as_it_is() => Check.One(
        Config,
        Prop.ForAll(ConsoleBytes.Arbitrary, static bytes =>
        {
            string plain = new([.. Encoding.UTF8.GetString(bytes).Where(static character => !char.IsControl(character) || character is '\n' or '\t')]);
            return TerminalText.Clean(Encoding.UTF8.GetBytes(plain)) == plain;
        }));

    private static string CleanInChunks(byte[] bytes, Random random)
    {
        var text = default(TerminalText);
        var result = new StringBuilder();
        foreach (ReadOnlyMemory<byte> chunk in Chunks.Cut(bytes, random))
        {
            char[] output = new char[chunk.Length + TerminalText.ExtraCapacity];
            result.Append(output, 0, text.Clean(chunk.Span, output));
        }

        return result.ToString();
    }
}
