using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Posix;

namespace Shims.Programs;

/// <summary><c>--ping SOCKET</c>: asks a gateway for its <c>--ping-path</c>, for the probe of a container. The exit status says whether it can take a request.</summary>
/// <param name="protocol">What the gateway speaks.</param>
/// <param name="socket">Its address.</param>
/// <param name="path">Its <c>--ping-path</c>.</param>
/// <param name="secret">AJP13: its secret; null for none.</param>
internal sealed class Probe(Protocol protocol, string socket, string path, byte[]? secret)
{
    /// <summary>The path that is asked for if the command line names none.</summary>
    internal const string DefaultPath = "/ping";

    /// <summary>Milliseconds for the answer: a probe has a few seconds.</summary>
    private const int Patience = 5000;

    private const int LongestAnswer = 64 * 1024, NotReady = 1;

    /// <summary>Asks, and says in one line why not.</summary>
    /// <returns>The exit status.</returns>
    internal int Run(string program)
    {
        if (FindObjection() is not { } objection)
            return (int)ExitCode.Served;
        Log.Program = program;
        Log.WriteLine(objection);
        return NotReady;
    }

    /// <summary>The reason why it cannot take a request; null if it can.</summary>
    internal string? FindObjection()
    {
        byte[] request = ProbeWire.Request(protocol, path, secret);
        byte[] name = ProbedSocket.Parse(socket)!; // checked with the command line
        int family = SocketName.FamilyOf(name);
        // A unix socket whose queue is full would keep us waiting.
        int connection = Libc.Connect(family, Flags.SOCK_STREAM | (family == Flags.AF_UNIX ? Flags.SOCK_NONBLOCK : 0), name);
        if (connection < 0)
            return $"no gateway takes a connection at {Shown(socket)} ({ScriptDiagnosis.Name(Libc.Errno)}): start one there, or correct the address";
        (int status, byte[] body) = Libc.Send(connection, request) == request.Length ? Receive(connection) : (0, []);
        Libc.Close(connection);
        return status switch
        {
            200 when body.AsSpan().SequenceEqual("pong\n"u8) => null,
            0 => $"{Shown(socket)} gave no answer in {protocol.Name}: see whether a {protocol.Program} is there, and its log",
            503 => $"not ready: {PrintableText.Of(body.AsSpan().TrimEnd("\n"u8))}",
            403 when protocol == Protocols.Ajp13 => $"{Shown(socket)} answers {Shown(path)} with 403: name its --secret-file",
            _ => $"{Shown(socket)} has no answer of its own for {Shown(path)}, and a status of {status}: start the gateway there with --ping-path {Shown(path)}",
        };
    }

    private (int Status, byte[] Body) Receive(int connection)
    {
        byte[] bytes = new byte[LongestAnswer];
        int length = 0;
        long deadline = Libc.Milliseconds() + Patience;
        while (true)
        {
            (int Status, byte[] Body) page = ProbeWire.Read(protocol, bytes.AsSpan(0, length), out bool isWhole);
            long left = deadline - Libc.Milliseconds();
            if (isWhole || length == bytes.Length)
                return page;
            if (left <= 0 || !Libc.WaitReadable(connection, (int)left))
                return (0, []);
            nint count = Libc.Receive(connection, bytes.AsSpan(length));
            if (count == 0 || (count < 0 && !Libc.WouldBlock))
                return page;
            length += (int)Math.Max(0, count);
        }
    }

    private static string Shown(string text) => PrintableText.Of(Encoding.UTF8.GetBytes(text));
}
