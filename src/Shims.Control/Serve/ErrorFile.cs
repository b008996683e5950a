using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>Where a program writes what is not for the browser: a file without a name, which only this process and those that it tells can open.</summary>
/// <remarks>
/// inetd's programs have the connection as descriptor 2 as well, and scgi-run replaces that by the journal or what <c>--stderr</c> says; so does a handler with SHIMS_STDERR.
/// A file, because it never makes a script wait, as a pipe would that nobody empties.
/// </remarks>
internal sealed class ErrorFile : IDisposable
{
    private readonly int _descriptor = TemporaryFile.Create();

    /// <summary>What others open it by; null where no file could be made.</summary>
    internal string? Path => _descriptor < 0 ? null : $"/proc/{Libc.ProcessId}/fd/{_descriptor}";

    /// <summary>Takes over what has been written so far.</summary>
    internal void CopyTo(Preview preview)
    {
        if (_descriptor < 0 || !Libc.TryGetStatus(_descriptor, out FileStatus status))
            return;
        var start = new byte[RequestRecord.ResponseCapacity];
        nint count = Libc.ReadAt(_descriptor, start, 0);
        if (count > 0)
            preview.Set(start.AsSpan(0, (int)count), status.Size);
    }

    public void Dispose()
    {
        if (_descriptor >= 0)
            Libc.Close(_descriptor);
    }
}
