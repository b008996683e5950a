using System.Net.Sockets;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Scripts;
using Shims.Gateway.Serving;
using Shims.Gateway.Watching;
using Shims.Posix;
using Shims.Testing;
using Shims.Tests.Cgi;

namespace Shims.Tests.Gateway;

/// <summary>A connection in this process: a web server's end, a clock that the test moves, and a responder that does what the test says.</summary>
internal sealed class Wire : IDisposable
{
    private static readonly CommandLineTarget s_target = new("/opt/script");

    private readonly List<string> _overdue = [];
    private readonly EventLoop _loop;
    private readonly LoopContext _context;
    private readonly ConnectionSet _connections;
    private readonly Socket _webServer;

    /// <param name="only">What is spoken; null where the first byte tells.</param>
    /// <param name="launcher">What starts scripts; null where a responder answers.</param>
    /// <param name="responder">Responds; null for <see cref="Responder"/>.</param>
    /// <param name="limits">Null for the defaults.</param>
    /// <param name="known">The protocols there are; null for those of the product.</param>
    /// <param name="mode">How scripts are connected to the web server.</param>
    /// <param name="isFull">Whether nothing can be sent until the web server has taken something.</param>
    /// <param name="servesMany">Whether the process has a listening socket.</param>
    /// <param name="secret">What web servers must send by AJP13; null for nothing.</param>
    /// <param name="isWatched">Whether /shims-status and /ping are the gateway's own.</param>
    internal Wire(Protocol? only, IScriptLauncher? launcher = null, IResponder? responder = null, Limits? limits = null, Protocol[]? known = null, RunMode mode = RunMode.Relay, bool isFull = false,
        bool servesMany = false, Secret? secret = null, bool isWatched = false)
    {
        _loop = new EventLoop(() => Now);
        known ??= Protocols.All;
        var options = new GatewayOptions
        {
            Program = "test",
            Target = s_target.Target,
            Mode = mode,
            Limits = limits ?? new Limits(),
            Secret = secret,
            StatusPath = isWatched ? "/shims-status"u8.ToArray() : null,
            PingPath = isWatched ? "/ping"u8.ToArray() : null,
        };
        Service = new ServiceContext(options, Now) { ServesMany = servesMany };
        _context = launcher is null ? new LoopContext(Service, _loop) : new LoopContext(Service, _loop) { Launcher = launcher };
        _connections = new ConnectionSet(_context, WatchResponder.Around(launcher is null ? responder ?? Responder : new ScriptResponder(waiting: null), options), recorder: null, new ProtocolDetection(known, only is null ? known : [only]));
        _loop.Overdue = timed => _overdue.Add(timed.GetType().Name);
        SocketPair pair = SocketPair.Create();
        _webServer = pair.Near;
        int descriptor = Libc.DuplicateAboveStandard((int)pair.Far.SafeHandle.DangerousGetHandle());
        while (isFull && Libc.Send(descriptor, new byte[4096]) > 0)
        {
            // until the kernel takes no more
        }
        pair.Far.Dispose();
        Connection = _connections.Begin(descriptor);
        Run();
    }

    /// <summary>Milliseconds on the loop's clock.</summary>
    internal long Now { get; private set; } = 1_000_000;

    internal ScriptedResponder Responder { get; } = new();

    /// <summary>Shared by the loops of a process, of which there is one.</summary>
    internal ServiceContext Service { get; }

    /// <summary>The connection that was begun. One that does not know yet what is spoken ends when it does.</summary>
    internal Shims.Gateway.Connections.Connection Connection { get; }

    /// <summary>Whether no connection is left, not even one that another has been handed over to.</summary>
    internal bool IsOver => _connections.Count == 0;

    internal bool IsClosed => Connection.Phase == ConnectionPhase.Closed;

    /// <summary>Deadlines that had passed and were not moved.</summary>
    internal IReadOnlyList<string> Overdue => _overdue;

    /// <summary>Scripts that have not been collected.</summary>
    internal int RunningScripts => _context.Scripts.Count;

    /// <summary>Sends what there is room for.</summary>
    /// <returns>How many bytes that was.</returns>
    internal int SendSome(ReadOnlySpan<byte> bytes)
    {
        _webServer.Blocking = false;
        int count = _webServer.Send(bytes, SocketFlags.None, out SocketError error);
        _webServer.Blocking = true;
        Run();
        return error == SocketError.Success ? count : 0;
    }

    internal void Send(params ReadOnlySpan<byte> bytes)
    {
        _webServer.Send(bytes);
        Run();
    }

    /// <summary>Sends a byte, if anybody is there to take it.</summary>
    internal void TrySend(byte value)
    {
        try
        {
            Send([value]);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has left: that is an end, too.
        }
    }

    /// <summary>Takes so many bytes of the answer, or fewer if no more are there.</summary>
    internal int Take(int count)
    {
        int taken = _webServer.Available > 0 ? _webServer.Receive(new byte[count]) : 0;
        Run();
        return taken;
    }

    /// <summary>Takes what has come of the answer.</summary>
    internal int Receive() => ReceiveBytes().Length;

    /// <summary>Takes what has come of the answer.</summary>
    internal byte[] ReceiveBytes()
    {
        byte[] room = new byte[1 << 20];
        var received = new MemoryStream();
        while (_webServer.Available > 0)
        {
            received.Write(room, 0, _webServer.Receive(room));
            Run();
        }
        return received.ToArray();
    }

    /// <summary>What the web server sees that has taken all that came: an end (Success), a reset, or that more is to come (WouldBlock).</summary>
    internal SocketError WhatComesLast
    {
        get
        {
            _webServer.Blocking = false;
            int count = _webServer.Receive(new byte[1], SocketFlags.None, out SocketError error);
            return count > 0 ? SocketError.WouldBlock : error;
        }
    }

    /// <summary>Whether the web server, which has taken all that came, sees an end, and not a reset or a wait.</summary>
    internal bool HasEndedWell => WhatComesLast == SocketError.Success;

    internal void EndSending()
    {
        _webServer.Shutdown(SocketShutdown.Send);
        Run();
    }

    internal void HangUp()
    {
        _webServer.Dispose();
        Run();
    }

    /// <summary>Does what the process does when it has been told to end.</summary>
    internal void Finish()
    {
        _connections.BeginFinishing();
        Run();
    }

    /// <summary>Does what the process does when there is no more time for requests in flight.</summary>
    internal void Shutdown()
    {
        _connections.Shutdown();
        Run();
    }

    /// <summary>Does what the process does when it has no descriptor left.</summary>
    internal bool TryMakeRoom()
    {
        bool hasRoom = _connections.TryMakeRoom();
        Run();
        return hasRoom;
    }

    /// <summary>Sends while the process is busy with something else.</summary>
    internal void SendUnnoticed(params ReadOnlySpan<byte> bytes) => _webServer.Send(bytes);

    /// <summary>Lets time pass.</summary>
    internal void Pass(long milliseconds)
    {
        Now += milliseconds;
        Run();
    }

    /// <summary>Lets the loop do all that can be done now.</summary>
    internal void Run()
    {
        for (int i = 0; i < 3; i++)
            _loop.Poll();
    }

    public void Dispose()
    {
        if (!IsClosed)
            Connection.CloseBroken();
        _webServer.Dispose();
        _loop.Dispose();
        Libc.Close(_context.Service.NullDevice);
    }
}
