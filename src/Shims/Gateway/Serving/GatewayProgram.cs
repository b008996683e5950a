using System.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Watching;
using Shims.Posix;
using Shims.Scgi;

namespace Shims.Gateway.Serving;

/// <summary>The common part of the gateways and of programs with a handler: from the options to the exit status.</summary>
internal sealed class GatewayProgram
{
    private readonly Protocol[] _spoken;
    private readonly GatewayOptions _options;
    private readonly IResponder _responder;
    private readonly IRequestRecorder? _recorder;

    private GatewayProgram(Protocol[] spoken, GatewayOptions options, IResponder responder, IRequestRecorder? recorder) =>
        (_spoken, _options, _responder, _recorder) = (spoken, options, WatchResponder.Around(responder, options), recorder);

    private bool SpeaksScgiOnly => _spoken is [var only] && only == Protocols.Scgi;

    /// <summary>Responds to what is on standard input.</summary>
    /// <param name="spoken">The protocols spoken there; of several the first byte decides.</param>
    /// <param name="options">The command line.</param>
    /// <param name="responder">Responds to requests.</param>
    /// <param name="recorder">Follows requests; null without --record.</param>
    /// <param name="early">The work done before the runtime started.</param>
    internal static ExitCode Run(Protocol[] spoken, GatewayOptions options, IResponder responder, IRequestRecorder? recorder, in EarlyOutcome early)
    {
        Log.Program = options.Program;
        try
        {
            ErrorOutput.Route(options);
            if (options.Note is not null)
                Log.WriteLine(options.Note);
            return new GatewayProgram(spoken, options, responder, recorder).Serve(early);
        }
        catch (ShimException exception)
        {
            Log.WriteLine(exception.Message);
            return exception.ExitCode;
        }
        catch (Exception exception)
        {
            Log.WriteLine($"an unexpected error in {options.Program}: {exception.GetType().Name}: {exception.Message}: please report it");
            return ExitCode.SystemError;
        }
    }

    private ExitCode Serve(in EarlyOutcome early)
    {
        if (Platform.IsPortable && _options.Mode is RunMode.Exec or RunMode.Supervise)
            throw new ShimException(ExitCode.Usage, "this build, which is for every system, passes each response on: it has no --mode exec or supervise", "leave --mode out, or compile the usual build, on Linux");
        // What was tried before the runtime started may have put something else on descriptor 0.
        StandardInput input = early.HasTakenConnection ? StandardInput.Connection : Descriptors.LookAtInput();
        if (_options.Sockets.Own is not null)
            return ServeOwn(input);
        if (input is not (StandardInput.Listener or StandardInput.Connection) && Descriptors.PassedListeners() is { Length: > 0 } passed)
        {
            RefuseOpenDoor(passed);
            return ServeAll(passed);
        }
        RefuseOpenDoor(0);
        switch (input)
        {
            case StandardInput.Connection:
                return ServeConnection(early);
            case StandardInput.Listener:
                return ServeAll([MoveAboveStandard(0)]);
            case StandardInput.PipeOrFile:
                Libc.CloseOnExecFromThree();
                var adapter = new PipeAdapter();
                ExitCode exitCode = Connections(new ServiceContext(_options, Libc.Milliseconds()) { IsHalfCloseNormal = true }).ServeOne(adapter.Connection);
                adapter.Finish();
                return exitCode;
            default:
                throw new ShimException(ExitCode.Usage, $"{_options.Program} answers a request on its standard input, and there is none", $"let inetd, systemd or another super-server start it, or see {_options.Program} --help");
        }
    }

    /// <summary>AJP13 says who the visitor is.</summary>
    private void RefuseOpenDoor(params int[] sockets)
    {
        if (Array.IndexOf(_spoken, Protocols.Ajp13) >= 0)
            OpenDoor.Refuse(sockets, _options);
    }

    private ExitCode ServeConnection(in EarlyOutcome early)
    {
        ScgiHeaderBuffer header = early.Header;
        if (_options.Sockets.Peers?.Refuse(header.Connection) == true)
            return ExitCode.PeerError;
        if (SpeaksScgiOnly && !early.HasTakenConnection && _options.ModeFor(0, mayExec: true) == RunMode.Exec)
        {
            Limits limits = _options.Limits;
            var execLimits = new ExecLimits(limits.HeaderSize, limits.HeaderSeconds * 1000, limits.BodySize, _options.Mode == RunMode.Exec, limits.CpuSeconds, limits.AddressSpace);
            if (!WatchedPaths.Has(_options) || IsForScript(ref header, execLimits))
                ScgiExec.Run(ref header, _options.Target, _options.Environment, execLimits);
        }
        // A signal to all processes of this name, to open their logs anew or to say what runs, must not cost the request of this one.
        Libc.Ignore(Flags.SIGHUP);
        Libc.Ignore(Flags.SIGUSR1);
        Libc.HideFromOtherProcesses();
        header.Connection = MoveAboveStandard(header.Connection);
        Libc.CloseOnExecFromThree();
        ConnectionSet connections = Connections(new ServiceContext(_options, Libc.Milliseconds()));
        return SpeaksScgiOnly ? connections.ServeOne(header) : connections.ServeOne(header.Connection);
    }

    /// <summary>True if the request has come, and is not for a page of the program's own, in whose place no script may run.</summary>
    private bool IsForScript(ref ScgiHeaderBuffer header, in ExecLimits limits) =>
        ScgiExec.ReceiveHeader(ref header, _options.Environment, limits)
            && ScgiHeader.TryRead(header.Received, limits.HeaderSize, out CgiVariables request) == OperationStatus.Done
            && WatchedPaths.Of(_options, request, namesScript: true) == WatchedPath.None;

    /// <summary>Serves a socket that it opens itself, whatever is on standard input: orchestrators put there what they like.</summary>
    private ExitCode ServeOwn(StandardInput input)
    {
        if (input == StandardInput.Listener || Descriptors.PassedListeners() is { Length: > 0 })
            throw new ShimException(ExitCode.Usage, $"{OwnAddress.Option} {_options.Sockets.Own} is given, and a super-server has handed over a listening socket", $"leave {OwnAddress.Option} out, or start the program without a super-server");
        SealStandard();
        using var order = new EarlyOrder();
        using var own = OwnSocket.Open(_options.Sockets);
        RefuseOpenDoor(own.Descriptor);
        ListeningServer server = Listening([own.Descriptor], own);
        order.PassOnTo(server.End);
        return server.Run();
    }

    private ExitCode ServeAll(int[] listeners) => Listening(listeners, own: null).Run();

    private ListeningServer Listening(int[] listeners, OwnSocket? own)
    {
        // Two standard descriptors and the log, the socket, the loop and its wake-up, /dev/null; and those of one connection.
        if (Libc.DescriptorLimit < Limits.LeastDescriptors)
            throw Descriptors.TooFew("a listening socket");
        Libc.HideFromOtherProcesses();
        Libc.CloseOnExecFromThree();
        Log.Open();
        return new ListeningServer(Connections(new ServiceContext(_options, Libc.Milliseconds()) { ServesMany = true }), listeners, own);
    }

    private ConnectionSet Connections(ServiceContext service) =>
        new(new LoopContext(service), _responder, _recorder, new ProtocolDetection(Protocols.All, _spoken));

    private static int MoveAboveStandard(int socket)
    {
        int moved = Libc.DuplicateAboveStandard(socket);
        SealStandard();
        return moved;
    }

    /// <summary>Descriptors 0 and 1 lead nowhere from here on, so that nothing that is printed by mistake can reach a client.</summary>
    private static void SealStandard()
    {
        int none = Libc.OpenNowhere();
        Libc.Duplicate(none, 0);
        Libc.Duplicate(none, 1);
        if (none > 2)
            Libc.Close(none);
    }
}
