namespace Shims.ProgramTests;

/// <summary>A program in wait mode that has few descriptors, and connections to it that are all kept.</summary>
internal sealed class KeptConnections : IAsyncDisposable
{
    private readonly IAsyncDisposable _program;
    private readonly Func<Task<(Connection Connection, Func<string, Task<string>> Ask)>> _open;
    private readonly List<(Connection Connection, Func<string, Task<string>> Ask)> _kept = [];

    private KeptConnections(IAsyncDisposable owner, LaunchedProgram program, Func<Task<(Connection Connection, Func<string, Task<string>> Ask)>> open) => (_program, Program, _open) = (owner, program, open);

    public LaunchedProgram Program { get; }

    /// <summary>Starts ajp-run or fcgi-run.</summary>
    /// <param name="isAjp">Which of them.</param>
    /// <param name="descriptors">Open files that it may have.</param>
    /// <param name="arguments">Options and TARGET: a folder with a.cgi over AJP13, a script over FastCGI.</param>
    public static KeptConnections Start(bool isAjp, int descriptors, params string[] arguments)
    {
        Launch Limit(Launch launch) => launch with { Program = "/bin/sh", Arguments = ["-c", $"ulimit -n {descriptors}; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] };
        if (isAjp)
        {
            AjpProgram ajp = AjpProgram.Listen(Limit, arguments);
            return new KeptConnections(ajp, ajp.Program, async () =>
            {
                AjpClient client = await ajp.ConnectAsync();
                return (client.Connection, async query => (await client.ExchangeAsync(new AjpRequestData { Uri = "/a.cgi", Query = query })).Body);
            });
        }
        ListeningProgram fastCgi = new Invocation(RunModeUnderTest.FastCgi, arguments[^1]) { Options = arguments[..^1], Adjust = Limit }.Listen();
        RequestVariables variables = RequestVariables.For("GET", arguments[^1]);
        return new KeptConnections(fastCgi, fastCgi.Program, async () =>
        {
            Conversation conversation = await fastCgi.ConnectAsync();
            return (conversation.Connection, async query => ScriptReply.Parse((await conversation.FastCgi.ExchangeAsync(variables.With("QUERY_STRING", query), keepConnection: true)).Output).Body);
        });
    }

    /// <summary>A request on a new connection, which is kept.</summary>
    public async Task<string> AskAsync(int query)
    {
        _kept.Add(await _open());
        return await _kept[^1].Ask($"{query}");
    }

    /// <summary>A request on a connection that was kept.</summary>
    public Task<string> AskAgainAsync(int index, string query) => _kept[index].Ask(query);

    /// <summary>A request on a connection that is closed after it.</summary>
    public async Task<string> AskOnceAsync(string query)
    {
        (Connection connection, Func<string, Task<string>> ask) = await _open();
        using (connection)
            return await ask(query);
    }

    /// <summary>How a connection that was kept has ended.</summary>
    public Task<Received> EndOfAsync(int index) => _kept[index].Connection.ReceiveToEndAsync();

    public async ValueTask DisposeAsync()
    {
        foreach ((Connection connection, _) in _kept)
            connection.Dispose();
        await _program.DisposeAsync();
    }
}
