using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>One of our programs with a socket that it opens itself.</summary>
internal sealed class OwnListener : IAsyncDisposable
{
    private readonly RunModeUnderTest _mode;

    private OwnListener(RunModeUnderTest mode, string address, LaunchedProgram program) => (_mode, Address, Program) = (mode, address, program);

    /// <summary>The path of a unix socket, or ADDRESS:PORT.</summary>
    public string Address { get; }

    public LaunchedProgram Program { get; }

    /// <summary>The value of --listen for an address.</summary>
    public static string Option(string address) => Testing.Address.IsUnix(address) ? "unix:" + address : address;

    /// <summary>Starts the program, and does not wait for it to listen.</summary>
    /// <param name="invocation">The program; root may listen in these tests.</param>
    /// <param name="address">Where it listens.</param>
    public static OwnListener Start(Invocation invocation, string address) => new(invocation.Mode, address, Invocation.Start(LaunchOf(invocation, address)));

    /// <summary>Starts the program, and waits until it listens.</summary>
    public static async Task<OwnListener> ListenAsync(Invocation invocation, string address)
    {
        OwnListener listener = Start(invocation, address);
        await listener.WaitForSocketAsync();
        return listener;
    }

    /// <summary>The start of a program that is to listen at an address.</summary>
    public static Launch LaunchOf(Invocation invocation, string address) =>
        (invocation with { Options = ["--listen", Option(address), "--allow-root", .. invocation.Options] }).Launch;

    /// <summary>Waits until clients can connect.</summary>
    public async Task WaitForSocketAsync()
    {
        using Connection first = await ReachAsync(Address, () => Program.IsRunning ? null : Program.ErrorSoFar);
    }

    /// <summary>Connects, again and again if no process listens.</summary>
    /// <param name="address">The address.</param>
    /// <param name="fault">Says why none ever will; null if one may.</param>
    public static async Task<Connection> ReachAsync(string address, Func<string?> fault)
    {
        for (long start = Environment.TickCount64; ;)
        {
            try
            {
                return await Connection.OpenAsync(address);
            }
            // ECONNREFUSED, and ENOENT of a path.
            catch (SocketException refused) when (refused.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
            {
                Assert.Null(fault());
                Assert.True(Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds, $"no process listens at {address}");
                await Task.Delay(1);
            }
        }
    }

    public async Task<Conversation> ConnectAsync() => new(_mode, await Connection.OpenAsync(Address), null);

    /// <summary>One request on a connection of its own.</summary>
    public async Task<Response> AskAsync(RequestVariables variables, ReadOnlyMemory<byte> body = default)
    {
        await using Conversation conversation = await ConnectAsync();
        return await conversation.ExchangeAsync(variables, body);
    }

    /// <summary>Tells it to end, and waits until it has.</summary>
    public Task<LaunchResult> EndAsync()
    {
        Program.Signal(15);
        return Program.WaitAsync();
    }

    public ValueTask DisposeAsync() => Program.DisposeAsync();
}
