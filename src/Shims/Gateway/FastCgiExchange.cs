using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Posix;

namespace Shims.Gateway;

/// <summary>One request of a FastCGI connection.</summary>
internal sealed unsafe class FastCgiExchange(FastCgiConnection connection, ushort id, Role role) : Exchange(connection.Server)
{
    /// <summary>Bytes of parameters for which there is room at first: those of most requests.</summary>
    private const int ParametersAtFirst = 2048;

    /// <summary>Bytes of error output in one record: small enough for every web server's buffer.</summary>
    private const int LargestErrorRecord = 4096;

    private readonly NativeBuffer _parameters = new(ParametersAtFirst);
    private NativeBuffer? _heldErrors;
    private byte[] _heldReport = [];
    private bool _hasHeaderLeft;
    private bool _isHAProxy;
    private byte* _block;
    private int _blockLength;
    private bool _isTooLong;

    internal ushort Id { get; } = id;

    internal override BodySpool? Data { get; } = role == Role.Filter ? new BodySpool() : null;

    /// <summary>The last stream that the web server sends. FastCGI 1.0 sections 6.2 to 6.4; an Authorizer gets none.</summary>
    internal RecordType LastStream => role == Role.Filter ? RecordType.Data : RecordType.Stdin;

    /// <summary>What END_REQUEST says.</summary>
    internal ProtocolStatus ProtocolStatus { get; private set; }

    internal override CgiVariables Variables => new(new ReadOnlySpan<byte>(_block, _blockLength));

    /// <summary>Whether the script has been started, or refused.</summary>
    internal bool IsStarted { get; private set; }

    /// <summary>Whether a STDERR record has gone out, so that the stream wants an end. FastCGI 1.0 section 3.3.</summary>
    internal bool HasSentErrors { get; private set; }

    /// <summary>Whether the record that ends the body is left unread in the socket.</summary>
    internal bool IsEndHeld { get; set; }

    /// <summary>
    /// HAProxy 2.6.12 ends itself, and all its connections with it, when error output comes after the header in pieces of its own ("call trace" in its log). So its
    /// scripts' error output goes to our own log.
    /// </summary>
    private bool HasErrorStream => Server.Options.StandardError is null && !_isHAProxy;

    internal override bool CanTakeErrors => HasErrorStream && _hasHeaderLeft ? connection.HasRoom : (HasErrorStream && _heldErrors is null or { Free: > 0 }) || !Log.IsFull;

    /// <summary>How a script knows that it is asked for something other than a page, in the form that libfcgi made usual.</summary>
    private ReadOnlySpan<byte> RoleVariable => role switch
    {
        Role.Authorizer => "FCGI_ROLE\0AUTHORIZER\0"u8,
        Role.Filter => "FCGI_ROLE\0FILTER\0"u8,
        _ => default,
    };

    internal override string Peer => connection.Peer;

    /// <summary>Whether more of the body is to come, and goes to the script without being looked at.</summary>
    internal bool IsBodyPassing => DirectInput is not null && Body.Received < BodyLength;

    /// <summary>Whether its variables and all of its streams have come. A peer may end the streams first, and then say no more.</summary>
    internal bool HasCome => HasHeader && IsWhole;

    /// <summary>Bytes of memory that its parameters take.</summary>
    internal int ParameterBytes => _parameters.Length + _blockLength;

    /// <summary>Takes in a part of the PARAMS stream.</summary>
    internal void AddParameters(ReadOnlySpan<byte> part)
    {
        if (HasHeader)
            return;
        if (_parameters.Length + part.Length > Server.Options.Limits.HeaderSize)
        {
            Refuse(new Fault(400, $"the request's parameters are longer than {Server.Options.Limits.HeaderSize} bytes", "raise --max-header, or let the web server send less") { ExitCode = ExitCode.PeerError });
            return;
        }
        if (connection.ParameterBytes + part.Length > Server.Options.Limits.ConnectionHeaderSize)
        {
            Refuse(new Fault(503, $"the requests on one connection have more than {Server.Options.Limits.ConnectionHeaderSize} bytes of parameters together", "let the web server use more connections, or raise --max-header")
            { ExitCode = ExitCode.PeerError });
            return;
        }
        _parameters.AddAll(part);
    }

    /// <summary>The PARAMS stream has ended: the variables can be read.</summary>
    internal void EndParameters()
    {
        if (HasHeader)
            return;
        HasHeader = true;
        ReadOnlySpan<byte> stream = _parameters.Bytes;
        Memory = Arena.Create(stream.Length + RoleVariable.Length + 1);
        Span<byte> block = Memory.Take(stream.Length + RoleVariable.Length + 1);
        if (block.IsEmpty)
        {
            Refuse(new Fault(503, "there is no memory for the request's parameters", "raise the limit on address space (ulimit -v), or lower --max-header") { ExitCode = ExitCode.SystemError });
            return;
        }
        if (Parameters.TryDecode(stream, block, out CgiVariables variables) != OperationStatus.Done)
        {
            Refuse(new Fault(400, "the request's parameters are no list of names and values", "let the web server send names without = or NUL, values without NUL, fewer than 1024") { ExitCode = ExitCode.PeerError });
            return;
        }
        _parameters.Dispose();
        _block = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(variables.Block));
        _blockLength = variables.Block.Length + RoleVariable.Length;
        RoleVariable.CopyTo(block[variables.Block.Length..]);
        _isHAProxy = variables.Get("SERVER_SOFTWARE"u8).StartsWith("HAProxy"u8);
        StartRecording();
        if (role == Role.Authorizer)
        {
            // It gets the headers only, whatever CONTENT_LENGTH says of the request that waits for it. Section 6.3.
            BodyLength = 0;
            Body.Complete();
            return;
        }
        if (ContentLength.TryRead(variables, out long length))
            BodyLength = length;
        else
            Refuse(new Fault(400, "CONTENT_LENGTH is no number", "let the web server send digits") { ExitCode = ExitCode.PeerError });
    }

    /// <summary>Whether the script can be started before more of its large body is taken in, and so can take that in itself.</summary>
    internal bool IsStartDue => !IsStarted && HasHeader && BodyLength > Limits.SmallBody;

    /// <summary>Starts the script once its variables are known, and, if the body's length is not, the body.</summary>
    internal void StartIfReady()
    {
        if (IsStarted || !HasHeader)
            return;
        if (Body.IsComplete)
            BodyLength = Body.Received; // the stream's length is the true one
        if (BodyLength == ContentLength.Unknown)
            return;
        IsStarted = true;
        Server.Options.Responder.Start(this, connection: -1);
    }

    /// <summary>A stream of the request has ended.</summary>
    internal void EndStream(RecordType type)
    {
        if (type == RecordType.Data)
            Data?.Complete();
        else if (!Body.IsComplete)
            EndBody();
    }

    /// <summary>Takes in a part of the file that a Filter is to filter.</summary>
    internal void AddData(ReadOnlySpan<byte> part)
    {
        if (Data is null)
            return;
        Progress();
        if (Data.Received + part.Length > Server.Options.Limits.BodySize)
            Refuse(TooLarge());
        else if (!Data.Add(part))
            Refuse(BodySpool.NoRoom());
    }

    /// <summary>Takes in a part of the body.</summary>
    internal void AddBody(ReadOnlySpan<byte> part)
    {
        if (role == Role.Authorizer)
            return;
        if (!IsStarted && Body.Received + part.Length > Server.Options.Limits.BodySize)
            Refuse(TooLarge());
        else if (!Take(IsStarted && !HasFailed ? WithinLength(part) : part))
            Refuse(BodySpool.NoRoom());
    }

    /// <summary>The script has been told a length: what comes beyond it is not for the script.</summary>
    private ReadOnlySpan<byte> WithinLength(ReadOnlySpan<byte> part)
    {
        long missing = BodyLength - Body.Received;
        if (part.Length <= missing)
            return part;
        if (!_isTooLong)
            Log.WriteLine($"{RequestId}: the request's body is longer than CONTENT_LENGTH says ({BodyLength} bytes), and the rest of it is not passed on: let the web server send the true length");
        _isTooLong = true;
        return part[..(int)missing];
    }

    internal override void GiveUp(Fault fault)
    {
        IsStarted = true;
        base.GiveUp(fault);
    }

    internal override void Advance() => connection.AdvanceAll();

    internal override int Write(ReadOnlySpan<byte> output)
    {
        int count = connection.WriteStream(RecordType.Stdout, Id, output);
        HasAnswerLeft |= count > 0;
        if (!_hasHeaderLeft && count == output.Length)
            OnHeaderLeft();
        return count;
    }

    internal override SpliceResult Splice(int pipe, long most, out int moved) => connection.SpliceStream(this, pipe, most, out moved);

    internal override bool IsSplicing => connection.IsSplicing(this);

    internal override void EndSplice() => connection.EndSplice(this);

    internal override void WriteError(ReadOnlySpan<byte> lines)
    {
        if (!HasErrorStream)
        {
            Log.WriteScriptOutput(lines);
            return;
        }
        if (_hasHeaderLeft)
        {
            WriteErrorRecords(lines);
            return;
        }
        _heldErrors ??= new NativeBuffer(Limits.HeldErrors);
        int held = _heldErrors.Add(lines);
        if (held < lines.Length)
            Log.WriteScriptOutput(lines[held..]);
    }

    internal override void ReportFault(Fault fault)
    {
        if (fault.Status == 503)
            ProtocolStatus = ProtocolStatus.Overloaded; // HAProxy then opens another connection for the next request
        if (!HasErrorStream)
            return;
        byte[] line = Encoding.UTF8.GetBytes(PrintableText.Of($"{Log.Program}: {RequestId}: {fault}") + "\n");
        if (_hasHeaderLeft)
            WriteErrorRecords(line);
        else
            _heldReport = [.. _heldReport, .. line];
    }

    /// <summary>
    /// From now on error output does no harm. What comes before the header takes up the buffer that web servers have for the header: nginx then answers 502
    /// ("upstream sent too big header"), with 4 KiB of warnings by default.
    /// </summary>
    private void OnHeaderLeft()
    {
        _hasHeaderLeft = true;
        if (_heldErrors is not null)
            WriteErrorRecords(_heldErrors.Bytes);
        _heldErrors?.Dispose();
        WriteErrorRecords(_heldReport);
    }

    private void WriteErrorRecords(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            int count = Math.Min(lines.Length, LargestErrorRecord);
            // Whole lines, where there are any, since each record becomes an entry of the web server's log.
            if (count < lines.Length && lines[..count].LastIndexOf((byte)'\n') is >= 0 and int end)
                count = end + 1;
            HasSentErrors = true;
            connection.WriteRecord(RecordType.Stderr, Id, lines[..count]);
            lines = lines[count..];
        }
    }

    internal override void End(int exitCode) => connection.EndAnswer(this, exitCode);

    internal override void Break() => connection.BreakAnswer(this);

    protected override void ReleaseOwn()
    {
        _parameters.Dispose();
        // The peer left before a header could go out. What the script said is not lost; our own line is in the log already.
        if (_heldErrors is { IsEmpty: false })
            Log.WriteScriptOutput(_heldErrors.Bytes);
        _heldErrors?.Dispose();
    }

    /// <summary>Section 6.2: an application compares what has come with CONTENT_LENGTH.</summary>
    private void EndBody()
    {
        Body.Complete();
        if (HasFailed || !HasHeader || BodyLength == ContentLength.Unknown || BodyLength == Body.Received)
            return;
        if (Body.Received < BodyLength)
            Refuse(new Fault(400, $"the request's body ended after {Body.Received} of {BodyLength} bytes", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        else
            Log.WriteLine($"{RequestId}: the request's body has {Body.Received} bytes, but CONTENT_LENGTH says {BodyLength}: let the web server send the true length");
    }

    private Fault TooLarge() => Admission.BodyTooLarge(Server.Options);

    private void Refuse(Fault fault)
    {
        IsStarted = true;
        HasHeader = true;
        _parameters.Dispose();
        Answer?.Abandon(StopReason.Refused);
        Fail(fault);
    }
}
