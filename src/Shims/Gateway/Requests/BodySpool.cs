using Shims.Buffers;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>The body of a request on its way to its reader: a bounded part in memory, the rest in an unlinked temporary file.</summary>
internal sealed class BodySpool : IDisposable
{
    private NativeBuffer? _memory;
    private int _file = -1;
    private long _fileStart;
    private long _fileEnd;

    /// <summary>Keeps the beginning for a capsule; null without --record.</summary>
    internal BoundedPrefix? Start { get; set; }

    /// <summary>Bytes that have come in.</summary>
    internal long Received { get; private set; }

    /// <summary>The state of the stream.</summary>
    internal BodyState State { get; private set; }

    /// <summary>True if the last byte has come in.</summary>
    internal bool IsComplete => State is BodyState.Complete or BodyState.Discarded;

    /// <summary>True if the file could not be read back, so that the reader has not had all of the body and will not get it.</summary>
    internal bool IsLost { get; private set; }

    /// <summary>True if the reader has had all of the body.</summary>
    internal bool IsAtEnd => State == BodyState.Complete && IsEmpty;

    /// <summary>True if nothing is left to read for now.</summary>
    internal bool IsEmpty => (_memory is null || _memory.IsEmpty) && _fileStart == _fileEnd;

    private bool IsForgotten => State is BodyState.Draining or BodyState.Discarded;

    /// <summary>The fault after <see cref="Add"/> has failed.</summary>
    internal static Fault NoRoom() => new(500, $"the request's body does not fit into the temporary directory (error {Libc.Errno})", "make room there, or set TMPDIR to a directory with more")
    { ExitCode = ExitCode.SystemError };

    /// <summary>The fault of a request whose body <see cref="IsLost"/>.</summary>
    /// <param name="reader">The script, or the handler.</param>
    internal static Fault Lost(string reader) => new(500, $"the body for {reader} could not be read back from the temporary directory", "see the kernel's log (dmesg) for errors of the disk")
    { ExitCode = ExitCode.SystemError };

    /// <summary>Takes in what has arrived.</summary>
    /// <returns>False if there is no room in the file system; errno says why.</returns>
    internal bool Add(ReadOnlySpan<byte> bytes)
    {
        Received += bytes.Length;
        Start?.Add(bytes);
        if (IsForgotten)
            return true;
        _memory ??= new NativeBuffer(Limits.BodyInMemory);
        // The file's bytes are older than any that could be put into memory now.
        if (_fileStart == _fileEnd)
            bytes = bytes[_memory.Add(bytes)..];
        return bytes.IsEmpty || AddToFile(bytes);
    }

    /// <summary>Counts bytes that have gone past the spool to their reader.</summary>
    internal void Passed(long count) => Received += count;

    /// <summary>The last byte has come in.</summary>
    internal void Complete() => State = IsForgotten ? BodyState.Discarded : BodyState.Complete;

    /// <summary>Forgets the body, and takes the rest of it in without keeping it: nothing will read it.</summary>
    internal void Discard()
    {
        State = IsComplete ? BodyState.Discarded : BodyState.Draining;
        Dispose();
    }

    /// <summary>The next bytes to be read; empty if there are none for now. <see cref="Remove"/> what was used.</summary>
    internal ReadOnlySpan<byte> Front()
    {
        if (_memory is null)
            return default;
        if (_memory.IsEmpty && _fileStart < _fileEnd)
            RefillFromFile();
        return _memory is null ? default : _memory.Bytes;
    }

    internal void Remove(int count) => _memory!.Remove(count);

    public void Dispose()
    {
        _memory?.Dispose();
        _memory = null;
        Libc.Close(_file);
        _file = -1;
        _fileStart = _fileEnd = 0;
    }

    private bool AddToFile(ReadOnlySpan<byte> bytes)
    {
        if (_file < 0 && (_file = TemporaryFile.Create()) < 0)
            return false;
        while (!bytes.IsEmpty)
        {
            nint written = Libc.WriteAt(_file, bytes, _fileEnd);
            if (written <= 0)
                return false;
            _fileEnd += written;
            bytes = bytes[(int)written..];
        }
        return true;
    }

    private void RefillFromFile()
    {
        Span<byte> room = _memory!.Room;
        nint read = Libc.ReadAt(_file, room[..(int)Math.Min(room.Length, _fileEnd - _fileStart)], _fileStart);
        if (read <= 0)
        {
            IsLost = true;
            Discard();
            return;
        }
        _memory.Added((int)read);
        _fileStart += read;
        if (_fileStart != _fileEnd)
            return;
        Libc.Truncate(_file, 0);
        _fileStart = _fileEnd = 0;
    }
}
