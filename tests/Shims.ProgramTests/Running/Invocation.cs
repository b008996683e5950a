using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>One of our programs with its command line, ready to be started as a super-server would.</summary>
/// <param name="Mode">Which program, and how it is to run the script.</param>
/// <param name="Target">The script, or the directory of scripts with a slash at the end.</param>
internal sealed record Invocation(RunModeUnderTest Mode, string Target)
{
    // A file that is still open for writing in some process cannot be executed (ETXTBSY), and for an instant each newly started process
    // has all of ours open. So nothing is started while a script is being written, and the other way round.
    internal static readonly Lock StartingOrWriting = new();

    /// <summary>Options beyond those that the way implies.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>What follows the target.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The super-server's environment, as NAME=VALUE, beside PATH.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    /// <summary>Descriptor 2 is the connection too, as under inetd.</summary>
    public bool ErrorIsConnection { get; init; }

    /// <summary>Any other peculiarity of the super-server.</summary>
    public Func<Launch, Launch> Adjust { get; init; } = static launch => launch;

    public IReadOnlyList<string> CommandLine => [.. Mode.Options(), .. Options, Target, .. Arguments];

    /// <summary>Starts a program; nothing else starts programs in these tests.</summary>
    public static LaunchedProgram Start(Launch launch)
    {
        lock (StartingOrWriting)
            return Launcher.Start(launch);
    }

    /// <summary>The start with this command line, descriptors yet to be chosen.</summary>
    public Launch Launch => Adjust(new Launch { Program = Mode.Program(), Arguments = CommandLine }.WithEnvironment([.. Mode.Environment(), .. Environment]));

    /// <summary>Starts the program for one connection, as inetd with nowait does.</summary>
    public Conversation Connect()
    {
        SocketPair pair = Tcp ? SocketPair.CreateTcp() : SocketPair.Create();
        using Socket far = pair.Far;
        LaunchedProgram program = Start(Launch with { Input = far.SafeHandle, Output = far.SafeHandle, Error = ErrorIsConnection ? far.SafeHandle : null });
        return new Conversation(Mode, new Connection(pair.Near), program);
    }

    /// <summary>Starts the program on a listening socket, as inetd with wait does.</summary>
    public ListeningProgram Listen() => ListeningProgram.Start(this);

    /// <summary>One request on a connection of its own, to the end of the program.</summary>
    public async Task<Response> AskAsync(RequestVariables variables, ReadOnlyMemory<byte> body = default)
    {
        await using Conversation conversation = Connect();
        return await conversation.ExchangeAsync(variables, body);
    }

    /// <summary>One connection on which exactly these bytes are sent, and then nothing more.</summary>
    public async Task<Response> AskAsync(ReadOnlyMemory<byte> bytes)
    {
        await using Conversation conversation = Connect();
        await conversation.TrySendAsync(bytes);
        conversation.Connection.EndSending();
        return await conversation.FinishAsync();
    }
}
