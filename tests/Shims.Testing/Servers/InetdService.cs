namespace Shims.Testing;

/// <summary>A line of inetd.conf.</summary>
/// <param name="Name">Address, or name of the service.</param>
/// <param name="SocketType">stream or dgram.</param>
/// <param name="Protocol">unix, tcp, tcp4, ...</param>
/// <param name="Start">wait or nowait, with its limits.</param>
/// <param name="User">Who the program runs as.</param>
/// <param name="Program">Absolute path.</param>
/// <param name="Arguments">From argv[0] on.</param>
public sealed record InetdService(string Name, string SocketType, string Protocol, string Start, string User, string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Reads the services of a file; comments and empty lines are none.</summary>
    /// <exception cref="InvalidDataException">A line has too few fields.</exception>
    public static IReadOnlyList<InetdService> Parse(IEnumerable<string> lines) =>
        [.. lines.Where(line => line.Length > 0 && !line.StartsWith('#')).Select(Parse)];

    private static InetdService Parse(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) switch
    {
        [var name, var type, var protocol, var start, var user, var program, .. var arguments] when arguments.Length > 0 =>
            new InetdService(name, type, protocol, start, user, program, arguments),
        _ => throw new InvalidDataException($"not a line of inetd.conf: {line}"),
    };
}
