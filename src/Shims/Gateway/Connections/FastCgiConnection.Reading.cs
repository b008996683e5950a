using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

// What comes in: records are looked at, handled, and taken out of the socket.
internal sealed unsafe partial class FastCgiConnection
{
    private readonly NativeBuffer _content = new(64);
    private RecordHeader _record;
    private int _contentLeft;
    private int _paddingLeft;
    private int _held;

    private void ReadRecords()
    {
        while (CanRead && !IsEnding && HasRoomToRead && !IsHeldUp)
        {
            // Inside a record every byte is ours to take; at a record's edge the next one may have to be left.
            bool isInside = _contentLeft > 0;
            nint count = isInside ? TakeRestOfContent() : Peek(Context.Scratch);
            if (count == 0)
            {
                InputEnded();
                return;
            }
            if (count > 0 && !isInside && !TakeRecords(Context.Scratch[..(int)count]))
                WaitForMore();
        }
    }

    /// <summary>Whether an answer to what comes next could be queued.</summary>
    private bool HasRoomToRead => _output.Length < OutputBound;

    /// <summary>Whether a body stays in the socket for now. Never for long on a connection that other requests may share: they would wait with it.</summary>
    private bool IsHeldUp => _requests is [var request] && (request.IsStartDue || (request.Exchange.BodyWaits && !_keepsConnection));

    /// <summary>Takes what has arrived of a record's content.</summary>
    /// <returns>As with <see cref="Connection.Receive"/>.</returns>
    private nint TakeRestOfContent()
    {
        nint count = Receive(Context.Scratch[..Math.Min(LoopContext.ScratchSize, _contentLeft)]);
        if (count > 0)
            TakeContent(Context.Scratch[..(int)count]);
        return count;
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
            Libc.Receive(Descriptor, Context.Scratch[..used]);
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
        if (record.Type != request.LastStream || !request.Exchange.HasHeader || request.Exchange.IsWhole)
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
        _content.Clear();
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
        _content.AddAll(part);
        if (_contentLeft == 0)
            Handle(_content.Bytes, isWhole: true);
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
        Enter(ConnectionPhase.Serving);
        _keepsConnection = body.KeepsConnection && !Context.IsFinishing;
        if (body.Role is not (Role.Responder or Role.Authorizer or Role.Filter))
            WriteEndRequest(_record.RequestId, 0, ProtocolStatus.UnknownRole);
        else if (_requests.Count == Limits.RequestsOfAConnection || _isBroken)
            WriteEndRequest(_record.RequestId, 0, ProtocolStatus.Overloaded);
        else
            Add(new FastCgiRequest(this, _record.RequestId, body.Role));
    }

    /// <summary>Management records are answered at once, in one piece: HAProxy gives up if a first read brings less than a header.</summary>
    private void HandleManagement(ReadOnlySpan<byte> content)
    {
        _hasBegun = true;
        if (_record.Type == RecordType.GetValues)
        {
            Span<byte> values = stackalloc byte[ManagementValues.MaxSize];
            int length = ManagementValues.Answer(content, Context.Service.MaxConnections, Context.Service.MaxRequests, values);
            WriteRecord(RecordType.GetValuesResult, RecordHeader.ManagementId, values[..length]);
            return;
        }
        // Section 4.2: the type that is not understood, and seven reserved bytes.
        WriteRecord(RecordType.UnknownType, RecordHeader.ManagementId, [(byte)_record.Type, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>Section 5.4: the script ends, and the request with its exit code.</summary>
    private void Abort(FastCgiRequest request)
    {
        request.Exchange.Answer?.Abandon(StopReason.PeerGone);
        WriteEndRequest(request.Id, 128 + Flags.SIGTERM, ProtocolStatus.RequestComplete);
        Remove(request);
    }

    /// <summary>Whether a record has begun that has not ended. What is too little for a header is still in the socket.</summary>
    private bool IsInsideRecord
    {
        get
        {
            Span<byte> next = stackalloc byte[1];
            return _contentLeft > 0 || _paddingLeft > 0 || (_held == 0 && Libc.Peek(Descriptor, next) > 0);
        }
    }

    private void TakeHeld()
    {
        Libc.Receive(Descriptor, Context.Scratch[.._held]);
        _held = 0;
        // That the peer has ended its sending was told while this was in the socket, and is not told again.
        if (HasPeerEnded)
            LookAgain();
    }

    private void RefuseRecord(ReadOnlySpan<byte> bytes) => Refuse(WrongProtocol.Explain(bytes, Context.Service.Protocol)
        ?? new Fault(400, "the web server sent something that is no FastCGI record", "see whether it speaks FastCGI here (nginx: fastcgi_pass)") { ExitCode = ExitCode.PeerError });
}
