using System.Text;
using Shims.Control.Terminal;
using Shims.Posix;

namespace Shims.Control.Capsules;

/// <summary>Copies a script's output: unchanged into files and pipes, and without control characters to a terminal.</summary>
/// <param name="destination">A descriptor of this process.</param>
internal sealed class ScriptOutput(int destination)
{
    /// <summary>The longest line in bytes. A longer one is printed in pieces.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly bool _isTerminal = Libc.IsTerminal(destination);
    private readonly MemoryStream _line = new();

    /// <summary>Copies a pipe to its end, and closes it.</summary>
    internal void CopyFrom(int pipe)
    {
        var buffer = new byte[16 * 1024];
        for (int count; (count = (int)Libc.ReadWaiting(pipe, buffer)) > 0;)
        {
            if (!(_isTerminal ? TryShow(buffer.AsSpan(0, count)) : TryWrite(buffer.AsSpan(0, count))))
                break; // The reader has gone. The script gets SIGPIPE when it writes again.
        }
        if (_isTerminal && _line.Length > 0)
            TryWriteLine();
        Libc.Close(pipe);
    }

    private bool TryShow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = end < 0 ? bytes : bytes[..(end + 1)];
            _line.Write(part);
            bytes = bytes[part.Length..];
            if ((end >= 0 || _line.Length >= LongestLine) && !TryWriteLine())
                return false;
        }
        return true;
    }

    private bool TryWriteLine()
    {
        string text = string.Join('\n', VisibleText.Lines(_line.ToArray()));
        _line.SetLength(0);
        return TryWrite(Encoding.UTF8.GetBytes(text + "\n"));
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written = Libc.WriteWaiting(destination, bytes);
            if (written <= 0)
                return false;
            bytes = bytes[(int)written..];
        }
        return true;
    }
}
