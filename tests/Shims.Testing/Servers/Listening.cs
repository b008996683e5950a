using System.Globalization;

namespace Shims.Testing;

/// <summary>Who listens, as the kernel says: asking by connecting would already make a super-server start its program.</summary>
public static class Listening
{
    private const string TcpListenState = "0A";
    private const string UnixAcceptsConnections = "00010000";

    /// <summary>True if a socket is listening at the address (a path, or ADDRESS:PORT on IPv4).</summary>
    public static bool IsAt(string address) => Address.IsUnix(address) ? IsAtPath(address) : IsAtPort(address);

    // /proc/net/unix: Num RefCount Protocol Flags Type St Inode Path
    private static bool IsAtPath(string path) => File.ReadLines("/proc/net/unix")
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields.Length == 8 && fields[3] == UnixAcceptsConnections && fields[7] == path);

    // /proc/net/tcp: sl local_address rem_address st ...; only the port is compared, so any of the machine's addresses will do
    private static bool IsAtPort(string address)
    {
        string port = ":" + int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture).ToString("X4", CultureInfo.InvariantCulture);
        return new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields.Length > 3 && fields[3] == TcpListenState && fields[1].EndsWith(port, StringComparison.Ordinal));
    }
}
