using Shims.AspNetCore.Starting;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Gateway.Watching;
using Shims.Hosting;
using Shims.Posix;

namespace Shims.AspNetCore.Serving;

/// <summary>Serves SCGI, FastCGI or CGI, on the thread that calls it, until the life of the process is over.</summary>
internal sealed class GatewayServing : IWatcher, IDeadline
{
    private const string HttpCure = "put a web server in front (scgi_pass or fastcgi_pass in nginx); or set Shim:Protocol=http (SHIMS_PROTOCOL=http), and proxy_pass works";

    private readonly Handover _handover;
    private readonly IResponder _responder;
    private readonly LoopContext _context;
    private readonly ListeningServer? _listening;
    private readonly ConnectionSet _connections;
    private readonly long _end;
    private int _stop = Libc.CreateEvent();
    private volatile bool _isStopping;

    /// <param name="handover">What is served.</param>
    /// <param name="options">The command line, as it were.</param>
    /// <param name="responder">Answers requests.</param>
    /// <param name="maxAge">Milliseconds after which the life is over; 0 for none.</param>
    /// <param name="http">What clients that speak HTTP get; null for a cure.</param>
    internal GatewayServing(Handover handover, GatewayOptions options, IResponder responder, long maxAge, HttpAnswer? http = null)
    {
        (_handover, _responder) = (handover, responder = WatchResponder.Around(responder, options));
        bool servesMany = handover.Kind == StartedAs.Listener;
        _context = new LoopContext(new ServiceContext(options, Libc.Milliseconds()) { ServesMany = servesMany });
        _connections = new ConnectionSet(_context, responder, recorder: null, new ProtocolDetection(Protocols.Known, Protocols.All, HttpCure) { Http = http });
        _end = maxAge > 0 ? _context.Loop.Now + maxAge : long.MaxValue;
        _listening = servesMany ? new ListeningServer(_connections, handover.Sockets) : null;
        _context.Loop.Watch(_stop, Readiness.Read, this);
        if (servesMany)
            _context.Loop.Add(this);
    }

    /// <summary>The end of the longest life.</summary>
    long IDeadline.Deadline => _isStopping ? long.MaxValue : _end;

    /// <summary>Serves.</summary>
    /// <returns>The exit status as the last fault has it.</returns>
    internal ExitCode Run()
    {
        if (_listening is not null)
            return _listening.Run();
        if (_handover.Kind == StartedAs.Cgi)
            return CgiProgram.Serve(_context, new AwaitedResponder(_responder), _handover.Sockets[0], _handover.Sockets[1], _handover.Variables);
        int connection = _handover.Sockets[0];
        if (_context.Options.Sockets.Peers?.Refuse(connection) == true)
        {
            Libc.Close(connection);
            return ExitCode.PeerError;
        }
        _responder.Prepare(_context, servesMany: false);
        Libc.KeepAlive(connection);
        _connections.Begin(connection);
        _responder.Drive(_context.Loop.RunOnce, () => _isStopping || (_connections.Count == 0 && _responder.IsIdle));
        _connections.Finish();
        Log.Finish();
        _context.Service.AccessLog?.Finish();
        return _context.ExitCode;
    }

    /// <summary>Ends the life, from any thread: what is in flight is finished.</summary>
    internal void Stop()
    {
        _isStopping = true;
        _listening?.End();
        Libc.SetEvent(_stop);
    }

    void IWatcher.OnReady(int descriptor, Readiness readiness)
    {
        // To be awake is all that is wanted of the loop.
    }

    void IDeadline.OnDeadline() => Stop();
}
