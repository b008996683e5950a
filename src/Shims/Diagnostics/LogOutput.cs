using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Writes to descriptor 2 without ever waiting for who reads it: what finds no room is dropped and counted, and the count is told as soon as there is room.</summary>
/// <remarks>
/// Descriptor 2 itself is never made non-blocking, because scripts write to it as well and would lose what they write. A socket is told with each call not to wait.
/// A pipe is opened a second time, which gives an open file with flags of its own; where that is refused, no more is written than there is room for (<c>PIPE_BUF</c>, pipe(7)).
/// A file takes everything, or says that there is no room.
/// </remarks>
internal sealed class LogOutput
{
    /// <summary>Bytes that a pipe with any room at all takes in one piece.</summary>
    private const int PipePiece = 4096;

    private readonly Lock _gate = new();
    private Kind _kind;
    private int _descriptor = 2;
    private long _lost;
    private byte[] _rest = [];

    private enum Kind : byte
    {
        Unknown,
        Socket,
        Pipe,
        Polled,
        File,
    }

    /// <summary>Looks at what descriptor 2 is, now and not with the first line.</summary>
    internal void Open()
    {
        lock (_gate)
        {
            if (_kind == Kind.Unknown)
                Look();
        }
    }

    /// <summary>Writes whole lines, or drops them.</summary>
    internal void Write(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            if (_kind == Kind.Unknown)
                Look();
            if (!WriteRest() || !TellOfLoss() || !TryWrite(lines))
                _lost += Math.Max(1, lines.Count((byte)'\n'));
        }
    }

    /// <summary>What a stream has taken half of comes before anything else.</summary>
    private bool WriteRest()
    {
        if (_rest.Length == 0)
            return true;
        byte[] rest = _rest;
        _rest = [];
        return TryWrite(rest) && _rest.Length == 0;
    }

    private bool TellOfLoss()
    {
        if (_lost == 0)
            return true;
        string line = $"{Log.Program}[{Libc.ProcessId.ToString(CultureInfo.InvariantCulture)}]: the log was full: {_lost.ToString(CultureInfo.InvariantCulture)} lines were lost";
        if (!TryWrite(Encoding.UTF8.GetBytes(StandardError.IsSyslog ? "<27>" + line : line + "\n")))
            return false;
        _lost = 0;
        return _rest.Length == 0;
    }

    /// <returns>False if there was no room for any of it.</returns>
    private bool TryWrite(ReadOnlySpan<byte> lines)
    {
        int written = 0;
        while (written < lines.Length && WriteOnce(lines[written..]) is > 0 and nint count)
            written += (int)count;
        if (written == lines.Length)
            return true;
        if (written == 0)
            return false;
        // The rest of a line that has begun goes out before anything else does, so that no other line begins in the middle of it.
        ReadOnlySpan<byte> left = lines[written..];
        int end = left.IndexOf((byte)'\n');
        bool isWithinLine = lines[written - 1] != (byte)'\n';
        _rest = !isWithinLine ? [] : end < 0 ? left.ToArray() : left[..(end + 1)].ToArray();
        _lost += left[_rest.Length..].Count((byte)'\n');
        return true;
    }

    private nint WriteOnce(ReadOnlySpan<byte> bytes)
    {
        switch (_kind)
        {
            case Kind.Socket:
                return Libc.Send(2, bytes);
            case Kind.Polled when !Libc.WaitWritable(2, 0):
                return -1;
            case Kind.Polled:
                return Libc.Write(2, bytes[..Math.Min(bytes.Length, PipePiece)]);
            default:
                return Libc.Write(_descriptor, bytes);
        }
    }

    private void Look()
    {
        if (!Libc.TryGetStatus(2, out FileStatus status) || status.IsFile)
            _kind = Kind.File;
        else if (status.IsSocket)
            _kind = Kind.Socket;
        else if (status.IsPipe && Libc.Open("/proc/self/fd/2\0"u8, Flags.O_WRONLY | Flags.O_NONBLOCK) is >= 0 and int own)
            (_kind, _descriptor) = (Kind.Pipe, own);
        else
            _kind = Kind.Polled;
    }
}
