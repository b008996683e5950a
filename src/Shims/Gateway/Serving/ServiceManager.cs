using System.Globalization;
using Shims.Posix;

namespace Shims.Gateway.Serving;

/// <summary>The service manager that wants to know how its service is: systemd with <c>Type=notify</c> or <c>WatchdogSec=</c>. sd_notify(3), sd_watchdog_enabled(3).</summary>
internal sealed unsafe class ServiceManager
{
    private readonly int _socket;

    private ServiceManager(int socket) => _socket = socket;

    /// <summary>Milliseconds within which it wants a sign of life; 0 for never.</summary>
    internal long WatchdogTime { get; private init; }

    /// <summary>Takes its address out of the environment: nothing that this process starts is to speak for it.</summary>
    /// <returns>Null if there is none.</returns>
    internal static ServiceManager? Take()
    {
        int socket = Connect("NOTIFY_SOCKET\0"u8);
        long watchdog = socket < 0 ? 0 : WatchdogMicroseconds() / 1000;
        Forget();
        return socket < 0 ? null : new ServiceManager(socket) { WatchdogTime = watchdog };
    }

    /// <summary>Takes the variables out of the environment.</summary>
    internal static void Forget()
    {
        Forget("NOTIFY_SOCKET\0"u8, "NOTIFY_SOCKET");
        Forget("WATCHDOG_USEC\0"u8, "WATCHDOG_USEC");
        Forget("WATCHDOG_PID\0"u8, "WATCHDOG_PID");
    }

    internal void TellReady() => Libc.Send(_socket, "READY=1"u8);

    internal void TellStopping() => Libc.Send(_socket, "STOPPING=1"u8);

    internal void TellAlive() => Libc.Send(_socket, "WATCHDOG=1"u8);

    /// <summary>The name of the socket that a value of NOTIFY_SOCKET means.</summary>
    /// <param name="value">A path, or @ and an abstract name.</param>
    /// <returns>Null if it is neither, such as one of vsock(7), or too long.</returns>
    internal static byte[]? NameOf(ReadOnlySpan<byte> value) => value switch
    {
        [(byte)'/', ..] => SocketName.OfPath(value),
        [(byte)'@', _, ..] => SocketName.OfPath([0, .. value[1..]]),
        _ => null,
    };

    private static int Connect(ReadOnlySpan<byte> variable)
    {
        byte* value = Libc.EnvironmentVariable(variable);
        byte[]? name = value == null ? null : NameOf(new ReadOnlySpan<byte>(value, Libc.LengthOf(value)));
        return name is null ? -1 : Libc.Connect(Flags.AF_UNIX, Flags.SOCK_DGRAM, name);
    }

    /// <summary>WATCHDOG_USEC, unless WATCHDOG_PID says that it is meant for another process.</summary>
    private static long WatchdogMicroseconds() =>
        NumberOf("WATCHDOG_PID\0"u8) is { } process && process != Libc.ProcessId ? 0 : NumberOf("WATCHDOG_USEC\0"u8) ?? 0;

    private static long? NumberOf(ReadOnlySpan<byte> variable) =>
        Libc.EnvironmentText(variable) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static void Forget(ReadOnlySpan<byte> variable, string name)
    {
        if (Libc.EnvironmentVariable(variable) == null)
            return;
        // .NET may have a copy, which the programs that it starts get.
        Environment.SetEnvironmentVariable(name, null);
        Libc.RemoveEnvironmentVariable(variable);
    }
}
