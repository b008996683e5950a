using System.Net.Sockets;

namespace Shims.HandlerTests;

/// <summary>A sample app with its arguments, from its source or as a native program.</summary>
/// <param name="Name">Its name, or the path of a source.</param>
/// <param name="IsNative">Whether the program that `make apps` has made is run, instead of the source by shim-dotnet.</param>
internal sealed record Sample(string Name, bool IsNative, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables that it gets beside those of every run, which they win over.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];

    internal Launch Launch
    {
        get
        {
            string source = Name.EndsWith(".cs", StringComparison.Ordinal) ? Name : Repository.PathTo($"inetd-examples/apps/{Name}.cs");
            string[] environment = [.. new[] { "HOME", "LANG", "XDG_CACHE_HOME" }.Select(name => (name, value: System.Environment.GetEnvironmentVariable(name)))
                .Where(pair => pair.value is not null).Select(pair => $"{pair.name}={pair.value}")];
            return (IsNative
                ? new Launch { Program = Repository.PathTo($"artifacts/publish/apps/{Name}/{Name}"), Arguments = Arguments }
                : new Launch { Program = Repository.Program("shim-dotnet"), Arguments = [source, .. Arguments] }).WithEnvironment(environment).WithEnvironment(Environment);
        }
    }

    internal Task<ScriptReply> GetAsync(string query, string pathInfo = "") =>
        SendAsync(RequestVariables.For("GET", "/app", pathInfo, query), default);

    internal Task<ScriptReply> PostAsync(string contentType, byte[] body) => SendAsync(RequestVariables.For("POST", "/app").With("CONTENT_TYPE", contentType), body);

    /// <summary>Runs it on the command line.</summary>
    internal async Task FeedAsync(string input)
    {
        using Pipe pipe = Pipe.Create();
        using (var writer = new FileStream(pipe.Writer, FileAccess.Write, bufferSize: 0))
            writer.Write(System.Text.Encoding.UTF8.GetBytes(input));
        await using LaunchedProgram program = Launcher.Start(Launch with { Input = pipe.Reader });
        LaunchResult result = await program.WaitAsync();
        Assert.True(result.ExitCode == 0, result.ErrorText);
    }

    private async Task<ScriptReply> SendAsync(RequestVariables variables, ReadOnlyMemory<byte> body)
    {
        SocketPair pair = SocketPair.Create();
        LaunchedProgram program;
        using (Socket far = pair.Far)
            program = Launcher.Start(Launch with { Input = far.SafeHandle, Output = far.SafeHandle });
        await using LaunchedProgram ended = program;
        using var connection = new Connection(pair.Near);
        // The first time, the SDK has to build it.
        Received received = await ScgiClient.ExchangeAsync(connection, variables, body);
        Assert.True(received.Bytes.Length > 0, program.ErrorSoFar);
        return received.Reply;
    }
}
