using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>
/// Writes a log without ever waiting for its reader. A part that finds no room waits here, within a bound; what exceeds that is dropped and
/// counted.
/// </summary>
/// <remarks>
/// Descriptor 2 itself is never made non-blocking, because scripts write to it as well and would lose what they write. A socket is told with each call not to wait.
/// A pipe is opened a second time, which gives an open file with flags of its own; where that is refused, no more is written than there is room for (<c>PIPE_BUF</c>, pipe(7)).
/// A file takes everything, or says that there is no room on the disk.
/// </remarks>
/// <param name="target">The descriptor to write to.</param>
/// <param name="isSyslog">True if it leads to syslog, where each message is one datagram.</param>
/// <param name="encode">Makes a whole line of a text of our own.</param>
internal sealed class LogOutput(int target, Func<bool> isSyslog, Func<string, byte[]> encode)
{
    /// <summary>Bytes that wait: as much as a pipe holds.</summary>
    private const int Bound = 64 * 1024;

    /// <summary>Bytes that a pipe with any room at all takes in one piece.</summary>
    private const int PipePiece = 4096;

    /// <summary>Milliseconds without progress after which the reader of the log is given up.</summary>
    private const int Patience = 1000;

    private readonly Lock _gate = new();
    private readonly NativeBuffer _pending = new(Bound);
    private Kind _kind;
    private int _target = target;
    private int _descriptor = target;
    private long _lost;
    private bool _isBlocked;
    private long _lastProgress;

    private enum Kind : byte
    {
        Unknown,
        Stream,
        Datagrams,
        Pipe,
        Polled,
        File,

        /// <summary>A file without a name, whose only reader made it and looks at it at once, as shimctl serve does.</summary>
        Unnamed,
    }

    /// <summary>True if something waits to be written.</summary>
    internal bool HasPending => !_pending.IsEmpty;

    /// <summary>True if something waits, and its reader is expected to make room soon.</summary>
    internal bool IsFull => HasPending && Libc.Milliseconds() - _lastProgress < Patience;

    /// <summary>Looks at what the descriptor is, now and not with the first line.</summary>
    internal void Open()
    {
        lock (_gate)
            LookOnce();
    }

    /// <summary>True if the log is a file, where nothing else notes the time of a line.</summary>
    internal bool IsFile
    {
        get
        {
            lock (_gate)
                LookOnce();
            return _kind == Kind.File;
        }
    }

    /// <summary>The beginning of a line: the time if the log is a file, else empty.</summary>
    internal string Time => IsFile ? Log.TimeNow + " " : "";

    /// <summary>Opens the log anew. What waits to be written goes to the new one.</summary>
    /// <param name="open">Opens it: the descriptor, which may be the same one; -1 if that was not possible.</param>
    /// <returns>False if that was not possible: then the log stays as it was.</returns>
    internal bool Reopen(Func<int> open)
    {
        lock (_gate)
        {
            int opened = open();
            if (opened < 0)
                return false;
            if (_kind == Kind.Pipe)
                Libc.Close(_descriptor);
            if (_target != opened)
                Libc.Close(_target);
            (_kind, _target, _descriptor) = (Kind.Unknown, opened, opened);
            LookOnce();
            return true;
        }
    }

    /// <summary>Writes whole lines, or keeps them for later, or drops them.</summary>
    internal void Write(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            LookOnce();
            WritePending();
            if (!HasPending && _lost == 0)
                lines = lines[WriteSome(lines)..];
            if (!lines.IsEmpty)
                Keep(lines);
        }
    }

    /// <summary>Writes what waits, as far as there is room.</summary>
    internal void Flush()
    {
        lock (_gate)
            WritePending();
    }

    /// <summary>The process is about to end: waits for room as long as the reader goes on reading.</summary>
    internal void Finish()
    {
        while (IsFull)
        {
            Libc.WaitWritable(_target, Patience / 10);
            Flush();
        }
    }

    private void WritePending()
    {
        if (HasPending)
            _pending.Remove(WriteSome(_pending.Bytes));
        if (HasPending && !_isBlocked)
        {
            _lost += LinesIn(_pending.Bytes);
            _pending.Clear();
        }
        if (!HasPending && _lost > 0 && WriteSome(Notice()) > 0)
            _lost = 0;
    }

    /// <summary>Keeps what there is room for, if the log will take it later. Once something has been lost, a line that says so comes first.</summary>
    private void Keep(ReadOnlySpan<byte> lines)
    {
        byte[] notice = _lost == 0 ? [] : Notice();
        // A syslog message is taken as a whole or not at all.
        if (!_isBlocked || _kind == Kind.Datagrams || _pending.Free < notice.Length + lines.Length)
        {
            _lost += LinesIn(lines);
            return;
        }
        if (!HasPending)
            _lastProgress = Libc.Milliseconds();
        _lost = 0;
        _pending.Add(notice);
        _pending.Add(lines);
    }

    private static int LinesIn(ReadOnlySpan<byte> lines) => lines.Count((byte)'\n') + (lines[^1] == (byte)'\n' ? 0 : 1);

    private byte[] Notice() => encode($"the log was full: {_lost.ToString(CultureInfo.InvariantCulture)} lines were lost");

    /// <returns>The number of bytes taken.</returns>
    private int WriteSome(ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        _isBlocked = false;
        while (written < bytes.Length && WriteOnce(bytes[written..]) is > 0 and nint count)
            written += (int)count;
        if (written > 0)
            _lastProgress = Libc.Milliseconds();
        return written;
    }

    private nint WriteOnce(ReadOnlySpan<byte> bytes)
    {
        if (_kind == Kind.Polled)
        {
            _isBlocked = !Libc.WaitWritable(_target, 0);
            return _isBlocked ? -1 : Libc.Write(_target, bytes[..Math.Min(bytes.Length, PipePiece)]);
        }
        nint count = _kind is Kind.Stream or Kind.Datagrams ? Libc.Send(_target, bytes) : Libc.Write(_descriptor, bytes);
        _isBlocked = count < 0 && Libc.WouldBlock;
        return count;
    }

    /// <summary>The same pipe as an open file with flags of its own.</summary>
    private int OpenOnceMore() =>
        Libc.Open(Encoding.ASCII.GetBytes($"/proc/self/fd/{_target.ToString(CultureInfo.InvariantCulture)}\0"), Flags.O_WRONLY | Flags.O_NONBLOCK);

    private void LookOnce()
    {
        if (_kind != Kind.Unknown)
            return;
        if (!Libc.TryGetStatus(_target, out FileStatus status) || status.IsFile)
            _kind = status.HasName ? Kind.File : Kind.Unnamed;
        else if (status.IsSocket)
            _kind = isSyslog() ? Kind.Datagrams : Kind.Stream;
        else if (status.IsPipe && OpenOnceMore() is >= 0 and int own)
            (_kind, _descriptor) = (Kind.Pipe, own);
        else
            _kind = Kind.Polled;
    }
}
