using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Qemu.Machine;

namespace Tests.Reliability;

/// <summary>What the shell's reading half does with a console that says anything: with kernel messages in the midst the output is what the guest sent, and damage is an error, never a wrong result.</summary>
public sealed class ShellFuzzTests
{
    private const string Nonce = "0123456789abcdef";

    private static readonly string[] s_records = ["[    5.123456] usb 1-1: new device\r\n", "[12345.000001] x\r\n", "[    0.000000] \r\n"];

    private static readonly string[] s_pieces =
        ["a", "line\n", "\r\n", "[", "[    5.12", "]", "{", "{0}", "{99999999999}", "<", ">", "=", "\u001e", "\u001eE", "\u001eE0123", "\0", "é", "[    5.123456]", "\u001b[31m"];

    /// <summary>The marker is found where it is, however it was cut and whatever the kernel said in the midst of it.</summary>
    [Fact]
    public void Marker_is_found_behind_anything_and_cut_anywhere()
    {
        Random random = Soak.Random();
        for (int i = 0; i < Soak.Count(sample: 5_000, full: 1_000_000); i++)
        {
            byte[] before = Bytes(random).Where(static value => value != 0x1E).ToArray();
            byte[] marker = [0x1E, .. WithRecords($"E{Nonce}\n", random)];
            byte[] stream = [.. before, .. marker, .. Bytes(random)];

            (char? letter, byte[] kept, int taken) = Search(stream, random);

            Assert.Equal('E', letter);
            Assert.Equal(before, kept);
            Assert.InRange(taken, before.Length + 2 + Nonce.Length, stream.Length);
        }
    }

    /// <summary>Whatever comes back: the very bytes that the guest's checksum tells of, or a proper error.</summary>
    [Theory]
    [InlineData(ShellEncoding.Plain)]
    [InlineData(ShellEncoding.Base64)]
    public void Output_is_what_was_sent_or_an_error(ShellEncoding encoding)
    {
        Random random = Soak.Random();
        (int right, int refused) = (0, 0);
        int tries = Soak.Count(sample: 5_000, full: 1_000_000);
        for (int i = 0; i < tries; i++)
        {
            byte[] output = Bytes(random);
            byte[] sent = encoding == ShellEncoding.Plain ? output : Encoding.ASCII.GetBytes(Convert.ToBase64String(output));
            byte[] wire = random.Next(2) == 0 ? Insert(sent, Encoding.ASCII.GetBytes(s_records[random.Next(s_records.Length)]), random) : sent;
            bool damaged = random.Next(3) == 0 && wire.Length > 0;
            if (damaged)
                wire = Damage(wire, random);
            string told = $"<{Convert.ToHexString(SHA256.HashData(sent)).ToLowerInvariant()}>{{{random.Next(256)}}}{Convert.ToBase64String(Encoding.UTF8.GetBytes("error"))}";
            try
            {
                ShellResult result = ShellOutput.Parse("command", wire, WithRecords(told, random), encoding);
                Assert.Equal(output, result.OutputBytes.ToArray());
                Assert.Equal("error", result.Error);
                right++;
            }
            catch (GuestShellException error)
            {
                Assert.DoesNotContain(error.Message, static character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'));
                refused++;
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"{tries} results: {right} right, {refused} refused");
        Assert.True(right > tries / 4);
        Assert.True(refused > tries / 20);
    }

    /// <summary>A summary of anything is an error of this project's own.</summary>
    [Fact]
    public void Summary_of_anything_is_a_result_or_a_proper_error()
    {
        Random random = Soak.Random();
        for (int i = 0; i < Soak.Count(sample: 5_000, full: 1_000_000); i++)
        {
            try
            {
                _ = ShellOutput.Parse("command", Bytes(random), Bytes(random), ShellEncoding.Plain);
            }
            catch (GuestShellException)
            {
                // As it should be.
            }
        }
    }

    private static (char? Letter, byte[] Kept, int Taken) Search(byte[] stream, Random random)
    {
        var marker = new ShellMarker(Nonce);
        var kept = new ArrayBufferWriter<byte>();
        List<byte> pending = [];
        int taken = 0;
        foreach (ReadOnlyMemory<byte> chunk in Chunks.Cut(stream, random))
        {
            pending.AddRange(chunk.Span);
            int from = 0;
            byte[] data = [.. pending];
            char? letter = marker.Find(data, ref from, out int length);
            kept.Write(data.AsSpan(0, from));
            pending.RemoveRange(0, from + length);
            taken += from + length;
            if (letter is not null)
                return (letter, kept.WrittenSpan.ToArray(), taken);
        }

        return (null, kept.WrittenSpan.ToArray(), taken);
    }

    private static byte[] Bytes(Random random) =>
        [.. Enumerable.Range(0, random.Next(12)).SelectMany(_ => random.Next(5) == 0 ? [(byte)random.Next(256)] : Encoding.UTF8.GetBytes(s_pieces[random.Next(s_pieces.Length)]))];

    private static byte[] WithRecords(string text, Random random)
    {
        // The kernel writes a record in one piece: none is within another.
        string spoken = string.Concat(text.Select(character => random.Next(20) == 0 ? s_records[random.Next(s_records.Length)] + character : character.ToString()));
        return Encoding.ASCII.GetBytes(spoken);
    }

    // Not at the end, where nothing would tell that more is to come.
    private static byte[] Insert(byte[] bytes, byte[] inserted, Random random)
    {
        int at = bytes.Length == 0 ? 0 : random.Next(bytes.Length);
        return [.. bytes[..at], .. inserted, .. bytes[at..]];
    }

    private static byte[] Damage(byte[] wire, Random random)
    {
        byte[] damaged = [.. wire];
        damaged[random.Next(damaged.Length)] ^= (byte)random.Next(1, 256);
        return damaged;
    }
}
