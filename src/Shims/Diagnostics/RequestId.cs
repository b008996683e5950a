using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Eight hexadecimal digits that name a request in its response and in the log. Allocates and throws nothing.</summary>
internal static class RequestId
{
    /// <summary>Digits of an id.</summary>
    internal const int Digits = 8;

    /// <summary>Writes a new id: <see cref="Digits"/> bytes.</summary>
    internal static void Write(Span<byte> id)
    {
        Span<byte> random = stackalloc byte[Digits / 2];
        Libc.Random(random);
        for (int i = 0; i < Digits; i++)
        {
            int digit = random[i >> 1] >> (4 * (i & 1)) & 0xf;
            id[i] = (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        }
    }
}
