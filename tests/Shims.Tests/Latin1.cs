using System.Text;

namespace Shims.Tests;

/// <summary>Bytes written as text, one character for one byte: what goes over the wire is bytes, and tests want to be read.</summary>
internal static class Latin1
{
    internal static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    internal static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
