using System.Net.Sockets;

namespace Shims.HandlerTests;

/// <summary>A handler in wait mode, on a unix socket that the super-server has opened.</summary>
internal sealed class ListeningHandler : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    private ListeningHandler(Launch launch)
    {
        using Socket listener = Testing.Address.Listen(_folder.PathTo("s"));
        // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
        Address = _folder.PathTo("socket");
        File.Move(_folder.PathTo("s"), Address);
        Program = Launcher.Start(launch with { Input = listener.SafeHandle, Output = listener.SafeHandle });
    }

    public LaunchedProgram Program { get; }

    public string Address { get; }

    /// <summary>For whatever a test keeps beside the socket.</summary>
    public string PathTo(string name) => _folder.PathTo(name);

    public static ListeningHandler Start(params IReadOnlyList<string> environment) => StartProgram(HandlerRequest.Program, environment);

    /// <summary>Starts it for a wire.</summary>
    public static ListeningHandler StartFor(Wire wire, params IReadOnlyList<string> environment) => Start([.. wire.Environment(), .. environment]);

    public static ListeningHandler StartProgram(string program, params IReadOnlyList<string> environment) => Start(new Launch { Program = program }.WithEnvironment(environment));

    /// <summary>The program with whatever is peculiar about its start, but for the socket.</summary>
    public static ListeningHandler Start(Launch launch) => new(launch);

    public Task<Connection> ConnectAsync() => Connection.OpenAsync(Address);

    /// <summary>One request on a connection of its own.</summary>
    public async Task<Response> AskAsync(HandlerRequest ask)
    {
        using Connection connection = await ConnectAsync();
        return await ask.ExchangeAsync(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _folder.Dispose();
    }
}
