namespace Shims.AspNetTests;

/// <summary>A request as a web server passes it on.</summary>
/// <param name="Wire">The protocol.</param>
/// <param name="Path">The path, with its query.</param>
internal sealed record AppRequest(Wire Wire, string Path)
{
    public string Method { get; init; } = "GET";

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Variables beside the usual ones.</summary>
    public IReadOnlyList<(string Name, string Value)> With { get; init; } = [];

    internal RequestVariables Variables
    {
        get
        {
            string[] parts = Path.Split('?', 2);
            RequestVariables variables = RequestVariables.For(Method, "/app").With("REQUEST_URI", Path).With("QUERY_STRING", parts.ElementAtOrDefault(1) ?? "")
                .With("SCRIPT_NAME", parts[0]).Without("PATH_INFO").Without("SCRIPT_FILENAME");
            foreach ((string name, string value) in With)
                variables = variables.With(name, value);
            return variables;
        }
    }

    /// <summary>The bytes of the request.</summary>
    internal byte[] Encode() => Wire == Wire.Scgi ? ScgiClient.Encode(Variables, Body.Span) : FastCgiClient.Encode(Variables.ForFastCgi(Body.Length), Body);

    /// <summary>The request on an open connection.</summary>
    internal async Task<Response> ExchangeAsync(Connection connection)
    {
        if (Wire == Wire.Scgi)
        {
            Received received = await ScgiClient.ExchangeAsync(connection, Variables, Body);
            return new Response(received.Bytes, received.WasReset);
        }
        FastCgiReply reply = await new FastCgiClient(connection).ExchangeAsync(Variables.ForFastCgi(Body.Length), Body);
        return new Response(reply.Output, reply.WasReset || !reply.IsComplete) { Records = reply, Log = reply.Error };
    }

    /// <summary>The request on a connection of its own.</summary>
    internal async Task<Response> AskAsync(string address)
    {
        using Connection connection = await Connection.OpenAsync(address);
        return await ExchangeAsync(connection);
    }

    /// <summary>The request to a process of its own, to the end of both.</summary>
    internal async Task<(Response Response, LaunchResult Result)> SendAsync(Launch launch, bool tcp = false)
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(launch, tcp);
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        Response response = await ExchangeAsync(connection);
        return (response, await program.WaitAsync());
    }
}
