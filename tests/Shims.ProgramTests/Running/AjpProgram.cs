using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>ajp-run on a socket that the super-server has opened: a listening one, or one connection.</summary>
internal sealed class AjpProgram : IAsyncDisposable
{
    private readonly string _address;
    private readonly TemporaryFolder _folder;

    private AjpProgram(string address, LaunchedProgram program, TemporaryFolder folder) => (_address, Program, _folder) = (address, program, folder);

    public LaunchedProgram Program { get; }

    /// <summary>Starts it on a unix socket with a path.</summary>
    /// <param name="arguments">Options and TARGET.</param>
    public static AjpProgram Listen(params IEnumerable<string> arguments) => Listen(static launch => launch, arguments);

    /// <inheritdoc cref="Listen(IEnumerable{string})"/>
    /// <param name="adjust">Any peculiarity of the super-server.</param>
    /// <param name="arguments">Options and TARGET.</param>
    public static AjpProgram Listen(Func<Launch, Launch> adjust, params IEnumerable<string> arguments)
    {
        var folder = new TemporaryFolder();
        string lasting = folder.PathTo("socket");
        using Socket listener = Address.Listen(folder.PathTo("s"));
        // .NET removes the file when the socket is disposed; but only by its first name. The name of the socket stays what it was bound to.
        File.Move(folder.PathTo("s"), lasting);
        return new AjpProgram(lasting, StartOn(listener, adjust, arguments), folder);
    }

    /// <summary>Starts it with a socket as its standard input and output.</summary>
    public static LaunchedProgram StartOn(Socket socket, params IEnumerable<string> arguments) => StartOn(socket, static launch => launch, arguments);

    private static LaunchedProgram StartOn(Socket socket, Func<Launch, Launch> adjust, IEnumerable<string> arguments) => Invocation.Start(adjust(new Launch
    {
        Program = Repository.Program("ajp-run"),
        Arguments = [.. arguments],
        Input = socket.SafeHandle,
        Output = socket.SafeHandle,
    }));

    /// <summary>Starts it with neither a connection nor a listening socket.</summary>
    public static async Task<LaunchResult> RunAsync(params IEnumerable<string> arguments)
    {
        await using LaunchedProgram program = Invocation.Start(new Launch { Program = Repository.Program("ajp-run"), Arguments = [.. arguments] });
        return await program.WaitAsync();
    }

    public async Task<AjpClient> ConnectAsync() => new(await Connection.OpenAsync(_address));

    /// <summary>One request on a connection of its own.</summary>
    public async Task<AjpReply> AskAsync(AjpRequestData request, ReadOnlyMemory<byte> body = default)
    {
        using AjpClient client = await ConnectAsync();
        return await client.ExchangeAsync(request, body);
    }

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        _folder.Dispose();
    }
}
