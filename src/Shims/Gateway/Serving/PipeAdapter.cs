using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Makes a connection out of a pipe or file with the request on descriptor 0, and descriptor 1, which takes the response.</summary>
/// <remarks>For people and tests: <c>shimctl request --dump URL | scgi-run SCRIPT</c>. Two threads copy, so that nothing else needs to know.</remarks>
internal static class PipeAdapter
{
    /// <summary>Starts copying.</summary>
    /// <param name="response">Ends when the whole response has been written to descriptor 1.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="Diagnostics.ShimException">The system refused.</exception>
    internal static int Connect(out Thread response)
    {
        if (!Libc.CreateSocketPair(out int connection, out int outside))
            throw new Diagnostics.ShimException(Diagnostics.ExitCode.SystemError, $"cannot create a socket pair (error {Libc.Errno})", "raise the limit on open files (ulimit -n)");
        // A handler gets other descriptors 0 and 1, so that it cannot write into its own response.
        int input = Libc.DuplicateAboveStandard(0);
        int output = Libc.DuplicateAboveStandard(1);
        var request = new Thread(() => CopyRequest(input, outside)) { IsBackground = true };
        request.Start();
        response = new Thread(() => Copy(outside, output));
        response.Start();
        return connection;
    }

    private static void CopyRequest(int input, int outside)
    {
        Copy(input, outside);
        Libc.ShutdownWriting(outside);
    }

    private static void Copy(int from, int to)
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
                    return;
                rest = rest[(int)written..];
            }
        }
    }
}
