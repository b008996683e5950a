using System.Net.Sockets;
using System.Text;

namespace Shims.HandlerTests;

/// <summary>A request to the handler of the tests, which does what the query says.</summary>
/// <param name="Wire">How it is asked.</param>
/// <param name="Actions">What it is to do, one after the other. See Behaviour.cs of the test handler.</param>
internal sealed record HandlerRequest(Wire Wire, params IReadOnlyList<string> Actions)
{
    /// <summary>Bytes of a body in one packet of AJP13.</summary>
    private const int AjpPart = 8186;

    /// <summary>The native program, as make builds it for the tests.</summary>
    internal static string Program => Repository.PathTo("artifacts/publish/test-handler/test-handler");

    public string Method { get; init; } = "GET";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Variables of the request beside the usual ones.</summary>
    public IReadOnlyList<(string Name, string Value)> With { get; init; } = [];

    /// <summary>The program's environment, as NAME=VALUE, beside PATH.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    public bool Tcp { get; init; }

    public int Role { get; init; } = FastCgiClient.Responder;

    internal string Query => string.Join('&', Actions.Select(action => "do=" + Uri.EscapeDataString(action)));

    internal RequestVariables Variables
    {
        get
        {
            RequestVariables variables = RequestVariables.For(Method, "/app", query: Query);
            foreach ((string name, string value) in With)
                variables.Add(name, value);
            return variables;
        }
    }

    /// <summary>The bytes of the request.</summary>
    internal byte[] Encode() => EncodeWith(Body.Span);

    /// <summary>The bytes of the request with another body.</summary>
    internal byte[] EncodeWith(ReadOnlySpan<byte> body) => Wire switch
    {
        Wire.Scgi => ScgiClient.Encode(Variables, body),
        Wire.Uwsgi => UwsgiClient.Encode(Variables, body),
        // What follows the first part of a body waits until it is asked for.
        Wire.Ajp => [.. AjpRequestWith(body.Length).ToBytes(), .. body.IsEmpty ? [] : AjpRequestData.BodyPacket(body[..Math.Min(body.Length, AjpPart)])],
        _ => FastCgiClient.Encode(Variables.ForFastCgi(body.Length), body.ToArray(), role: Role),
    };

    /// <summary>One request to a process of its own, to the end of both.</summary>
    public async Task<Response> SendAsync()
    {
        if (Wire == Wire.Cgi)
            return await RunAsCgiAsync();
        SocketPair pair = Tcp ? SocketPair.CreateTcp() : SocketPair.Create();
        LaunchedProgram program;
        using (Socket far = pair.Far)
            program = Launcher.Start(new Launch { Program = Program, Input = far.SafeHandle, Output = far.SafeHandle }.WithEnvironment([.. Wire.Environment(), .. Tcp && Wire == Wire.Ajp ? ["SHIMS_INSECURE_NO_SECRET=1"] : Array.Empty<string>(), .. Environment]));
        await using LaunchedProgram ended = program;
        using var connection = new Connection(pair.Near);
        Response answer = await ExchangeAsync(connection);
        LaunchResult result = await program.WaitAsync();
        return answer with { Log = result.ErrorText + answer.Log, ExitCode = result.ExitCode };
    }

    /// <summary>The request on an open connection.</summary>
    public async Task<Response> ExchangeAsync(Connection connection)
    {
        if (Wire == Wire.Scgi)
        {
            Received received = await ScgiClient.ExchangeAsync(connection, Variables, Body);
            return new Response(received.Bytes, received.WasReset);
        }
        if (Wire == Wire.Uwsgi)
        {
            Task sending = connection.SendAsync(Encode());
            Received received = await connection.ReceiveToEndAsync();
            await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
            return new Response(UwsgiClient.ToCgi(received.Bytes), received.WasReset);
        }
        if (Wire == Wire.Ajp)
        {
            AjpReply response = await new AjpClient(connection).ExchangeAsync(AjpRequestWith(Body.Length), Body);
            return new Response(response.Bytes, !response.IsComplete);
        }
        FastCgiReply reply = await new FastCgiClient(connection).ExchangeAsync(Variables.ForFastCgi(Body.Length), Body, role: Role);
        bool wasReset = reply.WasReset || (reply.IsComplete && (await connection.ReceiveToEndAsync()).WasReset);
        return new Response(reply.Output, wasReset) { Records = reply, Log = reply.Error };
    }

    /// <summary>The request on a connection that is kept, which FastCGI and AJP13 have.</summary>
    /// <returns>The body of the response.</returns>
    public async Task<string> ExchangeKeptAsync(Connection connection) => Wire == Wire.Ajp
        ? (await new AjpClient(connection).ExchangeAsync(AjpRequestWith(Body.Length), Body)) is { IsReused: true } reply ? reply.Body : "not kept"
        : ScriptReply.Parse((await new FastCgiClient(connection).ExchangeAsync(Variables.ForFastCgi(Body.Length), Body, keepConnection: true)).Output).Body;

    /// <summary>The request in the words of AJP13, which has no place for the script.</summary>
    private AjpRequestData AjpRequestWith(long length)
    {
        ILookup<string, string> variables = Variables.ToLookup(static pair => Encoding.Latin1.GetString(pair.Name), static pair => Encoding.Latin1.GetString(pair.Value));
        return new AjpRequestData
        {
            Method = Method,
            Uri = variables["REQUEST_URI"].Last().Split('?')[0],
            Query = variables["QUERY_STRING"].Last(),
            IsEncrypted = variables["HTTPS"].Contains("on"),
            Length = length,
            Headers =
            [
                .. variables.Where(static pair => pair.Key.StartsWith("HTTP_", StringComparison.Ordinal)).Select(static pair => (pair.Key["HTTP_".Length..].ToLowerInvariant().Replace('_', '-'), (string?)pair.Last())),
                .. variables["CONTENT_TYPE"].Select(static type => ("content-type", (string?)type)),
            ],
            Attributes = [.. variables["REMOTE_USER"].SelectMany(static user => AjpRequestData.Attribute(3, user))],
        };
    }

    /// <summary>Over AJP13: the request, and so many parts of its body, each but the first when it is asked for.</summary>
    public async Task SendPartsAsync(Connection connection, int count)
    {
        var client = new AjpClient(connection);
        await connection.SendAsync(EncodeWith(Body.Span));
        for (int i = 1; i < count; i++)
        {
            while ((await client.ReceiveAsync())!.Type != AjpPacket.GetBodyChunk)
            {
                // the beginning of a response
            }
            await connection.SendAsync(AjpRequestData.BodyPacket(Body.Span[..AjpPart]));
        }
    }

    private async Task<Response> RunAsCgiAsync()
    {
        using Pipe pipe = Pipe.Create();
        var variables = new List<byte[]>();
        foreach ((byte[] name, byte[] value) in Variables)
            variables.Add([.. name, (byte)'=', .. value]);
        if (Body.Length > 0)
            variables.Add(Encoding.ASCII.GetBytes($"CONTENT_LENGTH={Body.Length}"));
        Launch launch = new Launch { Program = Program, Input = pipe.Reader }.WithEnvironment(Environment);
        await using LaunchedProgram program = Launcher.Start(launch with { Environment = [.. launch.Environment, .. variables] });
        Task sending = Task.Run(() =>
        {
            using var stream = new FileStream(pipe.Writer, FileAccess.Write, bufferSize: 0);
            stream.Write(Body.Span);
        });
        LaunchResult result = await program.WaitAsync();
        pipe.Reader.Dispose();
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        return new Response(result.Output, result.Signal != 0) { Log = result.ErrorText, ExitCode = result.ExitCode };
    }
}
