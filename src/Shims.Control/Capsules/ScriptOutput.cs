using System.Text;
using Shims.Control.Terminal;
using Shims.Posix;

namespace Shims.Control.Capsules;

/// <summary>Passes on what a script writes: byte for byte into files and pipes; to a terminal as text that does nothing to it.</summary>
/// <param name="destination">A descriptor of this process.</param>
internal sealed class ScriptOutput(int destination)
{
    /// <summary>A line that is longer is shown in pieces.</summary>
    private const int LongestLine = 64 * 1024;

    private readonly bool _isTerminal = Libc.IsTerminal(destination);
    private readonly MemoryStream _line = new();

    /// <summary>Copies everything up to the end of a pipe, and closes that.</summary>
    internal void CopyFrom(int pipe)
    {
        var buffer = new byte[16 * 1024];
        for (int count; (count = (int)Libc.ReadWaiting(pipe, buffer)) > 0;)
        {
            if (!(_isTerminal ? TryShow(buffer.AsSpan(0, count)) : TryWrite(buffer.AsSpan(0, count))))
                break; // Nobody reads it any more; the script will find that out by itself.
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
