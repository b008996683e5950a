using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Makes a connection out of a pipe or file with the request on descriptor 0, and descriptor 1, which takes the response.</summary>
/// <remarks>For people and tests: <c>shimctl request --dump URL | scgi-run SCRIPT</c>. Two threads copy, so that nothing else needs to know.</remarks>
internal sealed class PipeAdapter
{
    private readonly int _outside;
    private readonly Thread _response;
    private int _errno;

    /// <summary>Starts copying.</summary>
    /// <exception cref="ShimException">The system refused.</exception>
    internal PipeAdapter()
    {
        if (!Libc.CreateSocketPair(out int connection, out _outside))
            throw new ShimException(ExitCode.SystemError, $"cannot create a socket pair (error {Libc.Errno})", "raise the limit on open files (ulimit -n)");
        Connection = connection;
        // A handler gets other descriptors 0 and 1, so that it cannot write into its own response.
        int input = Libc.DuplicateAboveStandard(0);
        int output = Libc.DuplicateAboveStandard(1);
        new Thread(() => CopyRequest(input)) { IsBackground = true }.Start();
        _response = new Thread(() => CopyResponse(output));
        _response.Start();
    }

    /// <summary>The connection, which belongs to the caller.</summary>
    internal int Connection { get; }

    /// <summary>Waits until the whole response has been written to descriptor 1.</summary>
    /// <exception cref="ShimException">It could not be written.</exception>
    internal void Finish()
    {
        _response.Join();
        if (_errno == Errno.EPIPE)
            throw new ShimException(ExitCode.PeerError, "standard output was closed before the whole response was written (EPIPE)", "nothing to do if its reader had read enough; else see why that ended");
        if (_errno != 0)
            throw new ShimException(ExitCode.SystemError, $"cannot write the response to standard output ({ScriptDiagnosis.Name(_errno)})", "make room for it, or redirect standard output elsewhere");
    }

    private void CopyRequest(int input)
    {
        Copy(input, _outside);
        Libc.ShutdownWriting(_outside);
    }

    private void CopyResponse(int output)
    {
        _errno = Copy(_outside, output);
        // To the other end it is as if the web server had left.
        if (_errno != 0)
            Libc.ShutdownBoth(_outside);
    }

    /// <summary>Copies to the end of input.</summary>
    /// <returns>0, or why the rest cannot be written.</returns>
    private static int Copy(int from, int to)
    {
        var buffer = new byte[16 * 1024];
        nint count;
        while ((count = Libc.ReadWaiting(from, buffer)) > 0)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)count);
            while (!rest.IsEmpty)
            {
                nint written = Libc.WriteWaiting(to, rest);
                if (written <= 0)
                    return Libc.Errno;
                rest = rest[(int)written..];
            }
        }
        return 0;
    }
}
