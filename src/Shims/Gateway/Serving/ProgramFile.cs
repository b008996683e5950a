using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The file this process was started from: when it changes, the process ends, and the super-server starts the new one for the next connection.</summary>
internal sealed class ProgramFile
{
    /// <summary>Milliseconds between two looks.</summary>
    private const int Interval = 1000;

    private readonly byte[] _path;
    private readonly FileStatus _status;
    private long _nextLook;

    internal ProgramFile(string path)
    {
        _path = [.. System.Text.Encoding.UTF8.GetBytes(path), 0];
        Libc.TryGetStatus(_path, follow: true, out _status);
    }

    /// <summary>True if another file stands in its place, complete or not; one that has gone altogether does not count, as nothing could replace it.</summary>
    /// <param name="now">Milliseconds, on the loop's clock.</param>
    internal bool HasChanged(long now)
    {
        if (now < _nextLook)
            return false;
        _nextLook = now + Interval;
        return Libc.TryGetStatus(_path, follow: true, out FileStatus status) && status.HasChangedSince(_status);
    }
}
