using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>Looks at the descriptors a process was started with.</summary>
internal static unsafe class Descriptors
{
    private const int FirstPassed = 3;

    internal static StandardInput LookAtInput()
    {
        if (!Libc.IsOpen(0))
            return StandardInput.Closed;
        return Libc.SocketOption(0, Flags.SO_ACCEPTCONN) switch
        {
            0 => StandardInput.Connection,
            > 0 => StandardInput.Listener,
            _ => Libc.IsTerminal(0) ? StandardInput.Terminal : StandardInput.PipeOrFile,
        };
    }

    /// <summary>The listening sockets that systemd passes from descriptor 3 on. sd_listen_fds(3).</summary>
    /// <returns>Empty if there are none, or if they were meant for another process.</returns>
    internal static int[] PassedListeners()
    {
        if (Number("LISTEN_PID\0"u8) != Libc.ProcessId)
            return [];
        int count = Number("LISTEN_FDS\0"u8);
        var listeners = new List<int>();
        for (int descriptor = FirstPassed; descriptor < FirstPassed + Math.Clamp(count, 0, 64); descriptor++)
        {
            if (Libc.SocketOption(descriptor, Flags.SO_ACCEPTCONN) > 0)
                listeners.Add(descriptor);
        }
        return [.. listeners];
    }

    /// <summary>The fault of a limit on open files that is too low to serve anything.</summary>
    internal static ShimException TooFew(string served) =>
        new(ExitCode.SystemError, $"the limit on open files is {Libc.DescriptorLimit}, which is too little to serve {served}", "raise it (ulimit -n, systemd LimitNOFILE=)");

    private static int Number(ReadOnlySpan<byte> nulTerminatedName)
    {
        byte* value = Libc.EnvironmentVariable(nulTerminatedName);
        return value != null && int.TryParse(new ReadOnlySpan<byte>(value, Libc.LengthOf(value)), out int number) ? number : 0;
    }
}
