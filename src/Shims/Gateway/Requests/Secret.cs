using System.Security.Cryptography;

namespace Shims.Gateway.Requests;

/// <summary>A secret that web servers must send with each request. How long a comparison takes says nothing of it, its length neither.</summary>
internal sealed class Secret
{
    /// <summary>Bytes at the most.</summary>
    internal const int MaxLength = 1024;

    private readonly byte[] _padded = new byte[Size];

    /// <param name="value">From 1 to <see cref="MaxLength"/> bytes.</param>
    internal Secret(ReadOnlySpan<byte> value) => Pad(value, _padded);

    /// <summary>Bytes that are compared, whatever is: the length and the longest one.</summary>
    private static int Size => sizeof(int) + MaxLength;

    /// <summary>True if a request has it.</summary>
    /// <param name="sent">What was sent; empty for nothing.</param>
    internal bool Is(ReadOnlySpan<byte> sent)
    {
        Span<byte> padded = stackalloc byte[Size];
        Pad(sent.Length > MaxLength ? default : sent, padded);
        return CryptographicOperations.FixedTimeEquals(padded, _padded);
    }

    private static void Pad(ReadOnlySpan<byte> value, Span<byte> padded)
    {
        padded.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(padded, value.Length);
        value.CopyTo(padded[sizeof(int)..]);
    }
}
