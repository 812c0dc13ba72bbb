using System.Globalization;
using System.Text;

namespace Tests.Qemu.Machine.Guest.Linux;

/// <summary>Reads a newc archive by its description alone, apart from the writer's code.</summary>
internal static class CpioReader
{
    public sealed record Member(string Name, int Inode, int Mode, int Links, int Time, int Owner, int Major, int Minor, byte[] Content)
    {
        public string Text => Encoding.UTF8.GetString(Content);

        public string Permissions => Convert.ToString(Mode, 8);
    }

    public static List<Member> Read(byte[] archive)
    {
        var members = new List<Member>();
        int at = 0;
        while (true)
        {
            Assert.Equal("070701", Encoding.ASCII.GetString(archive, at, 6));
            int[] fields = [.. Enumerable.Range(0, 13).Select(i => int.Parse(Encoding.ASCII.GetString(archive, at + 6 + (8 * i), 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            int nameLength = fields[11];
            string name = Encoding.UTF8.GetString(archive, at + 110, nameLength - 1);
            Assert.Equal(0, archive[at + 110 + nameLength - 1]);
            at = Align(at + 110 + nameLength);
            byte[] content = archive[at..(at + fields[6])];
            at = Align(at + fields[6]);
            if (name == "TRAILER!!!")
                break;
            members.Add(new Member(name, fields[0], fields[1], fields[4], fields[5], fields[2] + fields[3], fields[9], fields[10], content));
        }

        Assert.Equal(0, archive.Length % 512);
        Assert.All(archive[at..], padding => Assert.Equal(0, padding));
        return members;

        static int Align(int position) => (position + 3) & ~3;
    }
}
