using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>A program's standard error: a file without a name, which is opened through this process's descriptor.</summary>
/// <remarks>
/// Under inetd, descriptor 2 is the connection too. scgi-run replaces it with the journal or the file of <c>--stderr</c>; so does a handler
/// with SHIMS_STDERR.
/// A file never makes a script wait, as a full pipe does.
/// </remarks>
internal sealed class ErrorFile : IDisposable
{
    private readonly int _descriptor = TemporaryFile.Create();

    /// <summary>The path by which other processes open it; null if the file could not be created, or without /proc.</summary>
    internal string? Path => _descriptor < 0 || !Directory.Exists("/proc/self/fd") ? null : $"/proc/{Libc.ProcessId}/fd/{_descriptor}";

    /// <summary>Copies the start of the file.</summary>
    internal void CopyTo(Preview preview)
    {
        if (_descriptor < 0 || !Libc.TryGetStatus(_descriptor, out FileStatus status))
            return;
        var start = new byte[RequestRecord.ErrorCapacity];
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
