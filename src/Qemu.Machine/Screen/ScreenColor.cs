namespace Qemu.Machine;

/// <summary>The colour of a pixel.</summary>
/// <param name="Red">Red, 0 to 255.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
public readonly record struct ScreenColor(byte Red, byte Green, byte Blue)
{
    /// <summary>Whether no part differs by more than a tolerance.</summary>
    public bool IsNear(ScreenColor other, int tolerance) =>
        Math.Abs(Red - other.Red) <= tolerance && Math.Abs(Green - other.Green) <= tolerance && Math.Abs(Blue - other.Blue) <= tolerance;

    /// <summary>As in a style sheet: <c>#0000aa</c>.</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}
