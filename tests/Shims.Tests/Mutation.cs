namespace Shims.Tests;

/// <summary>Damages valid input the way bad peers and bad luck do: bits, lengths, cuts, repetitions, bytes that mean something.</summary>
internal static class Mutation
{
    private static readonly byte[] s_meaningful = [0, 1, (byte)'0', (byte)'9', (byte)':', (byte)',', (byte)'=', (byte)'%', (byte)'/', (byte)'.', 0x7f, 0x80, 0xff];

    internal static byte[] Of(byte[] valid, Pseudorandom random)
    {
        var bytes = new List<byte>(valid);
        for (int steps = 1 + random.Below(4); steps > 0; steps--)
            Damage(bytes, random);
        return [.. bytes];
    }

    private static void Damage(List<byte> bytes, Pseudorandom random)
    {
        int at = random.Below(bytes.Count + 1);
        int length = Math.Min(random.Below(9), bytes.Count - at);
        switch (random.Below(6))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Below(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = s_meaningful[random.Below(s_meaningful.Length)];
                break;
            case 2:
                bytes.Insert(at, s_meaningful[random.Below(s_meaningful.Length)]);
                break;
            case 3:
                bytes.RemoveRange(at, length);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            default:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
        }
    }
}
