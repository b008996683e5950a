using System.Text;
using Shims.Buffers;

namespace Shims.Control.Client;

/// <summary>The start of a gateway's error output: FCGI_STDERR, or descriptor 2 of a command.</summary>
internal sealed class ErrorOutput
{
    private const int MaxSize = 256 * 1024;

    private readonly BoundedPrefix _bytes = new(MaxSize);

    /// <summary>The output so far; bytes that are not UTF-8 become replacement characters.</summary>
    internal string Text
    {
        get
        {
            lock (_bytes)
                return Encoding.UTF8.GetString(_bytes.Bytes);
        }
    }

    internal void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_bytes)
            _bytes.Add(bytes);
    }
}
