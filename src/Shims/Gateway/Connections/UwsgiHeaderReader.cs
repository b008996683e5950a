using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Buffers;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;
using Shims.Uwsgi;

namespace Shims.Gateway.Connections;

/// <summary>Reads header and variables of a uwsgi request.</summary>
/// <remarks><code>
///   Count &lt; 4        into _start, which no request is too short for
///   Count &lt; whole    into _memory, which has room for all of it, and for its variables in the form of CGI
/// </code></remarks>
internal sealed unsafe class UwsgiHeaderReader : HeaderReader
{
    private readonly byte[] _start = new byte[UwsgiHeader.Size];
    private Arena _memory;
    private byte* _bytes;
    private int _size;
    private int _count;
    private Fault? _fault;

    internal override string Protocol => "uwsgi";

    internal override bool AnswersInHttp => true;

    internal override int Count => _count;

    internal override ReadOnlySpan<byte> Received => _bytes != null ? new ReadOnlySpan<byte>(_bytes, _count) : _start.AsSpan(0, _count);

    private bool IsComplete => _bytes != null && _count == _size;

    private UwsgiHeader Header => UwsgiHeader.Read(Received);

    private ReadOnlySpan<byte> Block => Received[UwsgiHeader.Size..];

    internal override ReadProgress Read(Transport transport, LoopContext context)
    {
        if (_count == 0)
            LookForWhole(transport, context);
        while (transport.CanRead && _fault is null && !IsComplete)
        {
            nint count = ReadPart(transport);
            if (count == 0)
                return ReadProgress.Ended;
            if (count < 0)
                return ReadProgress.Incomplete;
            _count += (int)count;
            if (_bytes == null && _count == UwsgiHeader.Size)
                MakeRoom(context.Limits);
        }
        return _fault is not null ? ReadProgress.Unacceptable : IsComplete ? ReadProgress.Complete : ReadProgress.Incomplete;
    }

    internal override Fault Explain(ProtocolDetection detection, int headerSize) => detection.Explain(Received) ?? _fault
        ?? Miswired("the connection ended before the end of the uwsgi variables", "see the web server's log for why it broke off");

    protected override Fault? ReadVariables(LoopContext context, out CgiVariables variables)
    {
        bool managesPathInfo = Header.Modifier1 == (byte)UwsgiModifier.ManagedPathInfo;
        return UwsgiVariables.TryDecode(Block, managesPathInfo, _memory.Take(Header.DataSize), out variables) == OperationStatus.Done ? null
            : Miswired("the uwsgi variables are not a list of names and values", "configure the web server to send names without =, each with a value, fewer than 1024");
    }

    protected override Fault? ReadLength(CgiVariables variables, out long length)
    {
        bool isRight = ContentLength.TryRead(variables, out length);
        // uWSGI's router with http-chunked-input: the chunks follow as they came.
        if (length == ContentLength.Unknown && !variables.Get("HTTP_TRANSFER_ENCODING"u8).IsEmpty)
            return new Fault(411, "the web server passes on a body of unknown length, which the uwsgi protocol cannot say", "let clients send a Content-Length, or put nginx or lighttpd in front, which take such a body in first") { ExitCode = ExitCode.PeerError };
        // Apache and the router leave it out where there is no body, nginx sends an empty one.
        if (length == ContentLength.Unknown)
            length = 0;
        return isRight ? null : Miswired("CONTENT_LENGTH is not a number", "configure the web server to send it (nginx: include uwsgi_params)");
    }

    /// <remarks>
    /// The bytes of a response go to the client as they are (Apache asks for a status line, uWSGI's router looks at nothing), so a script may write them itself only where
    /// nginx or lighttpd is in front, which make HTTP of them. nginx's own uwsgi_params do not say that it is nginx: the administrator does.
    /// </remarks>
    protected override Fault? ReadMode(GatewayOptions options, CgiVariables variables, long length, out RunMode mode)
    {
        mode = RunMode.Relay;
        if (options.Mode is not (RunMode.Exec or RunMode.Supervise))
            return null;
        string? server = variables.Get("SERVER_SOFTWARE"u8).StartsWith("Apache"u8) ? "Apache" : UwsgiVariables.IsOfRouter(Block) ? "uWSGI's router" : null;
        if (server is not null)
        {
            return new Fault(500, $"with --mode exec or supervise a script writes its CGI header to the web server, and {server} takes an HTTP response over uwsgi",
                "leave --mode out: all bytes go through the shim then, which makes HTTP of them")
            { ExitCode = ExitCode.Usage };
        }
        mode = options.ModeFor(length, mayExec: false);
        return null;
    }

    internal override Arena TakeMemory()
    {
        Arena memory = _memory;
        _memory = default;
        return memory;
    }

    /// <summary>The usual case: all of the variables are there. They are copied, and left in the socket.</summary>
    private void LookForWhole(Transport transport, LoopContext context)
    {
        nint count = transport.Peek(context.Scratch);
        if (count < UwsgiHeader.Size)
        {
            LookAtStart(context.Scratch[..(int)Math.Max(0, count)]);
            return;
        }
        ReadOnlySpan<byte> bytes = context.Scratch[..(int)count];
        int whole = UwsgiHeader.Read(bytes).Whole;
        if (!LookAtStart(bytes) || whole > count)
            return;
        bytes[..UwsgiHeader.Size].CopyTo(_start);
        _count = UwsgiHeader.Size;
        MakeRoom(context.Limits);
        if (_fault is not null)
            return;
        bytes[..whole].CopyInto(new Span<byte>(_bytes, _size));
        _count = whole;
        LeaveUnread(whole);
    }

    /// <summary>Looks at the first byte: what is not a request is refused by it, with as much as has come to explain it by.</summary>
    private bool LookAtStart(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || UwsgiHeader.IsRequest(bytes[0]))
            return true;
        _fault = Miswired($"the request does not begin as one of uwsgi does (modifier1 is {bytes[0]})",
            "see whether the web server speaks uwsgi here (nginx: uwsgi_pass), and leave uwsgi_modifier1 out: 0, 5 to 9, 14, 15 and 30 are requests, the others orders to uWSGI");
        _memory = Arena.Create(bytes.Length);
        Span<byte> kept = _memory.Take(bytes.Length);
        bytes[..kept.Length].CopyInto(kept);
        _bytes = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(kept));
        _count = kept.Length;
        return false;
    }

    /// <summary>Reads the next bytes, and only looks at the last one.</summary>
    private nint ReadPart(Transport transport)
    {
        if (_bytes == null)
            return transport.Receive(_start.AsSpan(_count));
        Span<byte> room = new Span<byte>(_bytes, _size)[_count..];
        if (room.Length > 1)
            return transport.Receive(room[..^1]);
        nint last = transport.Peek(room);
        if (last > 0)
            LeaveUnread(1);
        return last;
    }

    /// <summary>The header has come: takes memory for the variables.</summary>
    private void MakeRoom(Limits limits)
    {
        UwsgiHeader header = UwsgiHeader.Read(_start);
        if (header.Whole > limits.HeaderSize)
        {
            _fault = Miswired($"the uwsgi variables are longer than {limits.HeaderSize} bytes", "raise --max-header, or configure the web server to send less");
            return;
        }
        const int alignment = 16;
        _memory = Arena.Create(header.Whole + header.DataSize + alignment);
        Span<byte> bytes = _memory.Take(header.Whole);
        if (bytes.IsEmpty)
        {
            _fault = Miswired("there is no memory for the uwsgi variables", "stop other programs, or let the machine have more memory");
            return;
        }
        _start.CopyTo(bytes);
        _bytes = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes));
        _size = header.Whole;
    }
}
