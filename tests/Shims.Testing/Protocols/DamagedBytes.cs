using CsCheck;

namespace Shims.Testing;

/// <summary>Valid input, damaged the way bad peers and bad luck do it: bits, lengths, cuts, repetitions, bytes that mean something.</summary>
public static class DamagedBytes
{
    private const int MostSteps = 4, LongestPiece = 8;

    private static readonly byte[] s_meaningful = [0, 1, (byte)'0', (byte)'9', (byte)':', (byte)',', (byte)'=', (byte)'%', (byte)'/', (byte)'.', 0x7f, 0x80, 0xff];

    private static readonly Gen<Step[]> s_steps =
        Gen.Select(Gen.Enum<Kind>(), Gen.UInt, Gen.Int[0, LongestPiece], Gen.OneOf(s_meaningful), Gen.Int[0, 7], static (kind, place, length, meaningful, bit) => new Step(kind, place, length, meaningful, bit))
            .Array[1, MostSteps];

    private enum Kind
    {
        FlipBit,
        Overwrite,
        Insert,
        Remove,
        Repeat,
        CutOff,
    }

    /// <summary>One to four damages at any place.</summary>
    /// <param name="valid">What is damaged.</param>
    public static Gen<byte[]> Of(byte[] valid) => s_steps.Select(steps =>
    {
        var bytes = new List<byte>(valid);
        foreach (Step step in steps)
            step.Damage(bytes);
        return bytes.ToArray();
    });

    /// <summary>Bytes without any order.</summary>
    /// <param name="longest">Bytes at the most.</param>
    public static Gen<byte[]> Noise(int longest) => Gen.Byte.Array[0, longest];

    private sealed record Step(Kind Kind, uint Place, int Length, byte Meaningful, int Bit)
    {
        internal void Damage(List<byte> bytes)
        {
            int at = (int)(Place % (bytes.Count + 1L)), length = Math.Min(Length, bytes.Count - at);
            switch (Kind)
            {
                case Kind.FlipBit when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << Bit);
                    break;
                case Kind.Overwrite when at < bytes.Count:
                    bytes[at] = Meaningful;
                    break;
                case Kind.Insert:
                    bytes.Insert(at, Meaningful);
                    break;
                case Kind.Remove:
                    bytes.RemoveRange(at, length);
                    break;
                case Kind.Repeat:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
    }
}
