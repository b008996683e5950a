using System.Runtime.CompilerServices;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Scripts;

/// <summary>The standard error of a script that goes on after its response: read until its end, so that no write of the script fails, and logged.</summary>
internal sealed class LateErrors : IWatcher
{
    private const int Part = 16 * 1024;

    private readonly EventLoop _loop;
    private int _pipe;
    private readonly ScriptLog _log;
    private long _left;

    /// <param name="loop">The loop.</param>
    /// <param name="pipe">Our end, which belongs to this from now on.</param>
    /// <param name="log">The script's log.</param>
    /// <param name="left">Bytes that may still be logged.</param>
    internal LateErrors(EventLoop loop, int pipe, ScriptLog log, long left)
    {
        (_loop, _pipe, _log, _left) = (loop, pipe, log, left);
        loop.Unwatch(pipe);
        loop.Watch(pipe, Readiness.Read, this);
    }

    [SkipLocalsInit]
    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        Span<byte> lines = stackalloc byte[Part];
        nint count;
        while ((count = Libc.Read(_pipe, lines)) > 0)
        {
            int logged = (int)Math.Min(_left, count);
            _left -= logged;
            if (logged > 0)
                _log.Write(lines[..logged]);
        }
        if (count != 0)
            return;
        _log.End();
        _loop.Close(ref _pipe);
    }
}
