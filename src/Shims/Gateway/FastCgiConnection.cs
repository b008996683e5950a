using System.Buffers;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>A connection that carries FastCGI requests, one after the other or several at once.</summary>
/// <remarks>
/// Records are looked at before they are taken, and the empty STDIN record that ends the only request in flight is left in the socket
/// until its answer is complete: closing over it makes the kernel report a reset, over unix sockets too. nginx takes an answer without
/// END_REQUEST for complete, so there is no other way to tell it.
/// </remarks>
internal sealed unsafe class FastCgiConnection : Connection
{
    /// <summary>Bytes of records that may wait to be sent: some for every request, so that none waits for another's script.</summary>
    private const int OutputBound = 128 * 1024;

    /// <summary>Requests that may be open at once: a web server that opens ever more without finishing one must not cost ever more memory.</summary>
    internal const int MaxRequests = 256;

    private readonly List<FastCgiExchange> _requests = [];
    private readonly NativeBuffer _output = new(OutputBound);
    private readonly ArrayBufferWriter<byte> _content = new(64);
    private RecordHeader _record;
    private int _contentLeft;
    private int _paddingLeft;
    private int _held;
    private FastCgiExchange? _splicing;
    private int _splicePipe;
    private int _spliceLeft;
    private int _beforeSplice;
    private bool _keepsConnection = true;
    private bool _hasBegun;
    private bool _isBroken;
    private bool _isInputWhole = true;
    private long _deadline;

    internal FastCgiConnection(GatewayServer server, int descriptor)
        : base(server, descriptor)
    {
        _deadline = Loop.Now + server.Options.Limits.HeaderSeconds * 1000L;
        Expect();
    }

    protected override bool ExpectsMore => _keepsConnection || _held == 0;

    protected override long OwnDeadline
    {
        get
        {
            long next = _deadline;
            foreach (FastCgiExchange request in _requests)
                next = Math.Min(next, Math.Min(request.DrainUntil, request.ParametersUntil));
            return next;
        }
    }

    /// <summary>Whether more may be queued.</summary>
    internal bool HasRoom => _output.Length < OutputBound / 2;

    internal override void Finish()
    {
        _keepsConnection = false;
        CloseIfDone();
    }

    internal override void Shutdown()
    {
        foreach (FastCgiExchange request in _requests.ToArray())
            request.Answer?.Abandon(StopReason.Shutdown);
    }

    /// <summary>Queues a part of a stream.</summary>
    /// <returns>How many bytes there was room for.</returns>
    internal int WriteStream(RecordType type, ushort requestId, ReadOnlySpan<byte> bytes)
    {
        int room = Math.Min(OutputBound - _output.Length - 2 * RecordHeader.Size, RecordHeader.MaxAlignedContent);
        int count = Math.Min(bytes.Length, room);
        if (count <= 0)
            return 0;
        WriteRecord(type, requestId, bytes[..count]);
        return count;
    }

    /// <summary>Sends a record whose content is moved from the pipe inside the kernel.</summary>
    /// <remarks>
    /// Content goes out in multiples of eight, as it cannot be padded on the way. If the connection fills up in the middle, the rest of the record goes
    /// out before anything else does (<see cref="Flush"/>).
    /// </remarks>
    internal SpliceResult SpliceStream(FastCgiExchange request, int pipe)
    {
        if (_spliceLeft > 0)
            return SpliceResult.ConnectionFull;
        int length = Math.Min(Libc.Available(pipe), RecordHeader.MaxAlignedContent) & ~7;
        if (length == 0)
            return SpliceResult.ReadInstead;
        RecordHeader.For(RecordType.Stdout, request.Id, length).Write(_output.RoomFor(RecordHeader.Size));
        _output.Added(RecordHeader.Size);
        (_splicing, _splicePipe, _spliceLeft, _beforeSplice) = (request, pipe, length, _output.Length);
        Flush();
        return _spliceLeft == 0 ? SpliceResult.Moved : SpliceResult.ConnectionFull;
    }

    /// <summary>Half a record has gone out, and its pipe is about to be closed: the other half is queued, so that other requests can go on behind it.</summary>
    internal void EndSplice(FastCgiExchange request)
    {
        if (_splicing != request || _spliceLeft == 0)
            return;
        byte[] before = _output.Bytes[.._beforeSplice].ToArray(), behind = _output.Bytes[_beforeSplice..].ToArray();
        _output.Clear();
        before.CopyTo(_output.RoomFor(before.Length));
        _output.Added(before.Length);
        while (_spliceLeft > 0 && Libc.Read(_splicePipe, _output.RoomFor(_spliceLeft)[.._spliceLeft]) is > 0 and nint count)
        {
            _output.Added((int)count);
            _spliceLeft -= (int)count;
        }
        behind.CopyTo(_output.RoomFor(behind.Length));
        _output.Added(behind.Length);
        (_splicing, _spliceLeft, _beforeSplice) = (null, 0, 0);
    }

    /// <summary>Queues a record that cannot wait.</summary>
    internal void WriteRecord(RecordType type, ushort requestId, ReadOnlySpan<byte> content) =>
        _output.Added(RecordWriter.Write(_output.RoomFor(RecordWriter.SizeOf(content.Length)), type, requestId, content));

    internal void EndAnswer(FastCgiExchange request, int exitCode)
    {
        TakeHeldEnd(request);
        _isInputWhole = request.IsWhole;
        WriteRecord(RecordType.Stdout, request.Id, default);
        if (request.HasSentErrors)
            WriteRecord(RecordType.Stderr, request.Id, default);
        WriteEndRequest(request.Id, exitCode, request.ProtocolStatus);
        Remove(request);
    }

    /// <summary>Breaks off. Other requests on the connection are finished first, but nothing says that this one has ended.</summary>
    internal void BreakAnswer(FastCgiExchange request)
    {
        _isBroken = true;
        Flush();
        Remove(request);
        CloseIfDone();
    }

    /// <summary>Something has changed on one of the requests.</summary>
    internal void AdvanceAll() => Advance();

    protected override void Advance()
    {
        do
        {
            ReadRecords();
            if (IsEnding)
                return;
            // From the last to the first, as those that end are taken out.
            for (int i = _requests.Count - 1; i >= 0 && i < _requests.Count; i--)
            {
                FastCgiExchange request = _requests[i];
                request.StartIfReady();
                request.Answer?.Advance();
                if (IsEnding)
                    return;
            }
        }
        while (Flush() && _requests.Count > 0);
        CloseIfDone();
    }

    protected override void OnOwnTime()
    {
        if (!_hasBegun)
        {
            _deadline = long.MaxValue;
            Refuse(new Fault(400, $"the web server sent no FastCGI request within {Server.Options.Limits.HeaderSeconds} s", "see whether it speaks FastCGI") { ExitCode = ExitCode.PeerError });
            return;
        }
        foreach (FastCgiExchange request in _requests.ToArray())
        {
            if (request.ParametersUntil <= Loop.Now)
                request.GiveUpParameters();
            if (request.DrainUntil <= Loop.Now)
                request.EndDrain();
        }
        Advance();
    }

    protected override void PeerGone()
    {
        foreach (FastCgiExchange request in _requests.ToArray())
            request.Answer?.Abandon(StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnPeerEnded()
    {
        // What is incomplete will never be complete; who has sent all may still wait for the answer.
        if (IsInsideRecord || _requests.Count == 0 || _requests.Exists(static request => !request.IsWhole))
            InputEnded();
    }

    protected override void OnClosed()
    {
        foreach (FastCgiExchange request in _requests)
            request.Release();
        _requests.Clear();
        _output.Dispose();
    }

    private void ReadRecords()
    {
        while (CanRead && !IsEnding && _output.Length < OutputBound)
        {
            // Inside a record every byte is ours to take; at a record's edge the next one may have to be left.
            bool isInside = _contentLeft > 0;
            nint count = isInside
                ? Receive(Server.Scratch, (nuint)Math.Min(GatewayServer.ScratchSize, _contentLeft))
                : Peek(Server.Scratch, GatewayServer.ScratchSize);
            if (count < 0)
                return;
            if (count == 0)
            {
                InputEnded();
                return;
            }
            var bytes = new ReadOnlySpan<byte>(Server.Scratch, (int)count);
            if (isInside)
                TakeContent(bytes);
            else if (!TakeRecords(bytes))
                WaitForMore();
        }
    }

    /// <summary>Handles what was looked at, and takes it out of the socket.</summary>
    /// <returns>False if there is nothing more to do until more comes in.</returns>
    private bool TakeRecords(ReadOnlySpan<byte> bytes)
    {
        if (_held > 0 && bytes.Length > _held)
        {
            // Another request has begun on the connection, so it cannot be broken off for one alone any more.
            int held = _held;
            TakeHeld();
            bytes = bytes[held..];
        }
        else if (_held > 0)
        {
            return false;
        }
        int used = 0;
        while (!IsEnding && _held == 0)
        {
            int step = TakeRecordPart(bytes[used..]);
            if (step == 0)
                break;
            used += step;
        }
        if (_held > 0)
            _held += used; // all of it stays where it is: one read at the end instead of two
        else if (!IsEnding && used > 0)
            Libc.Receive(Descriptor, Server.Scratch, (nuint)used);
        return !IsEnding && used > 0 && _held == 0;
    }

    /// <summary>Handles a header, or a piece of content or padding.</summary>
    /// <returns>Bytes used; 0 if what is there is too little, or is to be left in the socket.</returns>
    private int TakeRecordPart(ReadOnlySpan<byte> bytes)
    {
        if (_contentLeft > 0)
        {
            int count = Math.Min(_contentLeft, bytes.Length);
            if (count > 0)
                TakeContent(bytes[..count]);
            return count;
        }
        if (_paddingLeft > 0)
        {
            int count = Math.Min(_paddingLeft, bytes.Length);
            _paddingLeft -= count;
            return count;
        }
        if (bytes.Length < RecordHeader.Size)
        {
            if (bytes.Length > 0 && bytes[0] != RecordHeader.Version1)
                RefuseRecord(bytes);
            return 0;
        }
        RecordHeader record = RecordHeader.Read(bytes);
        if (record.Version != RecordHeader.Version1)
        {
            RefuseRecord(bytes);
            return 0;
        }
        return IsEndToBeHeld(record, bytes.Length) ? 0 : Begin(record);
    }

    /// <summary>Whether this is the last thing the web server says, about the only request in flight.</summary>
    private bool IsEndToBeHeld(RecordHeader record, int available)
    {
        int size = RecordHeader.Size + record.PaddingLength;
        if (record.ContentLength != 0 || _requests is not [var request] || request.Id != record.RequestId || available != size)
            return false;
        if (record.Type != request.LastStream || !request.HasParameters || request.IsWhole)
            return false;
        request.IsEndHeld = true;
        _held = size;
        request.EndStream(record.Type);
        return true;
    }

    private int Begin(RecordHeader record)
    {
        _record = record;
        _contentLeft = record.ContentLength;
        _paddingLeft = record.PaddingLength;
        _content.ResetWrittenCount();
        if (_contentLeft == 0)
            Handle(default, isWhole: true);
        return RecordHeader.Size;
    }

    private void TakeContent(ReadOnlySpan<byte> part)
    {
        _contentLeft -= part.Length;
        if (_record.Type is RecordType.Params or RecordType.Stdin or RecordType.Data && _record.RequestId != RecordHeader.ManagementId)
        {
            Handle(part, isWhole: false);
            return;
        }
        _content.Write(part);
        if (_contentLeft == 0)
            Handle(_content.WrittenSpan, isWhole: true);
    }

    /// <summary>Handles a whole record, or for the streams any part of one.</summary>
    private void Handle(ReadOnlySpan<byte> content, bool isWhole)
    {
        if (_record.RequestId == RecordHeader.ManagementId)
        {
            HandleManagement(content);
            return;
        }
        if (_record.Type == RecordType.BeginRequest)
        {
            BeginRequest(content);
            return;
        }
        // Records for requests that have ended, or never began, are to be ignored. Section 3.3.
        if (Find(_record.RequestId) is not { } request)
            return;
        switch (_record.Type)
        {
            case RecordType.Params when isWhole:
                request.EndParameters();
                break;
            case RecordType.Params:
                request.AddParameters(content);
                break;
            case RecordType.Stdin or RecordType.Data when isWhole:
                request.EndStream(_record.Type);
                break;
            case RecordType.Stdin:
                request.AddBody(content);
                break;
            case RecordType.Data:
                request.AddData(content);
                break;
            case RecordType.AbortRequest:
                Abort(request);
                break;
        }
    }

    private void BeginRequest(ReadOnlySpan<byte> content)
    {
        if (!BeginRequestBody.TryRead(content, out BeginRequestBody body) || Find(_record.RequestId) is not null)
        {
            Refuse(new Fault(400, "the web server began a FastCGI request that is malformed or has begun already", "see whether it speaks FastCGI 1.0") { ExitCode = ExitCode.PeerError });
            return;
        }
        _hasBegun = true;
        _deadline = long.MaxValue;
        _keepsConnection = body.KeepsConnection && !Server.IsFinishing;
        if (body.Role is not (Role.Responder or Role.Authorizer or Role.Filter))
            WriteEndRequest(_record.RequestId, 0, ProtocolStatus.UnknownRole);
        else if (_requests.Count == MaxRequests)
            WriteEndRequest(_record.RequestId, 0, ProtocolStatus.Overloaded);
        else
            Add(new FastCgiExchange(this, _record.RequestId, body.Role));
    }

    /// <summary>Management records are answered at once, in one piece: HAProxy gives up if a first read brings less than a header.</summary>
    private void HandleManagement(ReadOnlySpan<byte> content)
    {
        _hasBegun = true;
        if (_record.Type == RecordType.GetValues)
        {
            Span<byte> values = stackalloc byte[ManagementValues.MaxSize];
            int length = ManagementValues.Answer(content, Server.MaxConnections, Server.MaxRequests, values);
            WriteRecord(RecordType.GetValuesResult, RecordHeader.ManagementId, values[..length]);
            return;
        }
        // Section 4.2: the type that is not understood, and seven reserved bytes.
        WriteRecord(RecordType.UnknownType, RecordHeader.ManagementId, [(byte)_record.Type, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>Section 5.4: the script ends, and the request with its exit code.</summary>
    private void Abort(FastCgiExchange request)
    {
        request.Answer?.Abandon(StopReason.PeerGone);
        WriteEndRequest(request.Id, 128 + Flags.SIGTERM, ProtocolStatus.RequestComplete);
        Remove(request);
    }

    private void WriteEndRequest(ushort requestId, int exitCode, ProtocolStatus status) =>
        _output.Added(RecordWriter.WriteEndRequest(_output.RoomFor(RecordWriter.EndRequestSize), requestId, exitCode, status));

    private FastCgiExchange? Find(ushort id)
    {
        foreach (FastCgiExchange request in _requests)
        {
            if (request.Id == id)
                return request;
        }
        return null;
    }

    private void Add(FastCgiExchange request)
    {
        _requests.Add(request);
        Expect();
    }

    private void Remove(FastCgiExchange request)
    {
        _requests.Remove(request);
        request.Release();
    }

    /// <summary>If the connection is kept, what comes next must not find the end of this request; else closing takes it.</summary>
    private void TakeHeldEnd(FastCgiExchange request)
    {
        if (request.IsEndHeld && _held > 0 && _keepsConnection)
            TakeHeld();
    }

    private void TakeHeld()
    {
        Libc.Receive(Descriptor, Server.Scratch, (nuint)_held);
        _held = 0;
    }

    /// <summary>Sends what is queued.</summary>
    /// <returns>Whether that has made room for answers that were waiting for it.</returns>
    private bool Flush()
    {
        bool wasFull = !HasRoom, wasSplicing = _spliceLeft > 0;
        while (SendNext())
        {
            // until nothing is left, or the peer takes no more
        }
        return (wasFull && HasRoom) || (wasSplicing && _spliceLeft == 0);
    }

    /// <summary>Sends a piece: what was queued before a record whose content is in a pipe, then that content, then the rest.</summary>
    private bool SendNext()
    {
        if (_spliceLeft > 0 && _beforeSplice == 0)
        {
            int moved = SpliceFrom(_splicePipe, _spliceLeft);
            _spliceLeft -= moved;
            return moved > 0;
        }
        if (_output.IsEmpty)
            return false;
        int sent = Send(_spliceLeft > 0 ? _output.Bytes[.._beforeSplice] : _output.Bytes);
        _output.Remove(sent);
        if (_spliceLeft > 0)
            _beforeSplice -= sent;
        return sent > 0;
    }

    private void CloseIfDone()
    {
        if (IsEnding || _requests.Count > 0)
            return;
        if (_isBroken)
            CloseBroken();
        else if (!_keepsConnection && _output.IsEmpty)
            CloseOrderly(hasInputEnded: _isInputWhole && _contentLeft == 0 && _paddingLeft == 0);
    }

    private void InputEnded()
    {
        if (_requests.Count == 0 && _output.IsEmpty && !IsInsideRecord)
        {
            CloseOrderly(hasInputEnded: true); // a health check, or the end of a kept connection
            return;
        }
        if (IsInsideRecord || _requests.Exists(static request => !request.IsWhole))
            Server.Report(Log.NewRequestId(), new Fault(400, "the connection ended before the whole FastCGI request had come", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        PeerGone();
    }

    /// <summary>Whether a record has begun that has not ended. What is too little for a header is still in the socket.</summary>
    private bool IsInsideRecord
    {
        get
        {
            byte next;
            return _contentLeft > 0 || _paddingLeft > 0 || (_held == 0 && Libc.Peek(Descriptor, &next, 1) > 0);
        }
    }

    private void RefuseRecord(ReadOnlySpan<byte> bytes) => Refuse(WrongProtocol.Explain(bytes, Server.Protocol)
        ?? new Fault(400, "the web server sent something that is no FastCGI record", "see whether it speaks FastCGI here (nginx: fastcgi_pass)") { ExitCode = ExitCode.PeerError });

    /// <summary>The connection cannot be understood any more. What its peer can understand is told, and it ends.</summary>
    private void Refuse(Fault fault)
    {
        string requestId = Log.NewRequestId();
        Server.Report(requestId, fault);
        byte* start = Server.Scratch;
        byte[] page = ErrorPage.Format(fault, requestId, Server.Options.ErrorsInBrowser, withBody: true);
        if (!_hasBegun && Peek(start, GatewayServer.ScratchSize) is > 0 and nint count)
        {
            ReadOnlySpan<byte> enclosed = WrongProtocol.Enclose(new ReadOnlySpan<byte>(start, (int)count), page);
            Send(enclosed);
            CloseOrderly(hasInputEnded: false);
            return;
        }
        PeerGone();
    }
}
