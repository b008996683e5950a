using System.Text;

namespace Shims.Control.Client;

/// <summary>What a gateway has said on the side: FCGI_STDERR, or descriptor 2 of a command. The beginning is kept, as it says why.</summary>
internal sealed class ErrorOutput
{
    private const int MaxSize = 256 * 1024;

    private readonly MemoryStream _bytes = new();

    /// <summary>What has been said so far; what is no UTF-8 shows as replacement characters.</summary>
    internal string Text
    {
        get
        {
            lock (_bytes)
                return Encoding.UTF8.GetString(_bytes.ToArray());
        }
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_bytes)
            _bytes.Write(bytes[..(int)Math.Min(bytes.Length, MaxSize - _bytes.Length)]);
    }
}
