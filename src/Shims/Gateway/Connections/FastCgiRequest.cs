using System.Buffers;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>One request of a FastCGI connection: the records that bring it, and those that take its response back.</summary>
internal sealed class FastCgiRequest : IResponseChannel
{
    /// <summary>Bytes of parameters for which there is room at first: those of most requests.</summary>
    private const int ParametersAtFirst = 2048;

    /// <summary>Bytes of error output in one record: small enough for every web server's buffer.</summary>
    private const int LargestErrorRecord = 4096;

    private readonly FastCgiConnection _connection;
    private readonly Role _role;
    private readonly NativeBuffer _parameters = new(ParametersAtFirst);
    private NativeBuffer? _heldErrors;
    private byte[] _heldReport = [];
    private bool _hasHeaderLeft;
    private bool _isHAProxy;
    private bool _isTooLong;

    internal FastCgiRequest(FastCgiConnection connection, ushort id, Role role)
    {
        _connection = connection;
        _role = role;
        Id = id;
        Exchange = new Exchange(connection.Context, this, hasHeader: false, hasData: role == Role.Filter);
    }

    internal ushort Id { get; }

    /// <summary>The request, whatever the wire.</summary>
    internal Exchange Exchange { get; }

    string IResponseChannel.Protocol => "FastCGI";

    string IResponseChannel.Peer => _connection.Peer;

    /// <summary>The last stream that the web server sends. FastCGI 1.0 sections 6.2 to 6.4; an Authorizer gets none.</summary>
    internal RecordType LastStream => _role == Role.Filter ? RecordType.Data : RecordType.Stdin;

    /// <summary>What END_REQUEST says.</summary>
    internal ProtocolStatus ProtocolStatus { get; private set; }

    /// <summary>Whether a STDERR record has gone out, so that the stream wants an end. FastCGI 1.0 section 3.3.</summary>
    internal bool HasSentErrors { get; private set; }

    /// <summary>Whether the record that ends the body is left unread in the socket.</summary>
    internal bool IsEndHeld { get; set; }

    /// <summary>
    /// HAProxy 2.6.12 ends itself, and all its connections with it, when error output comes after the header in pieces of its own ("call trace" in its log). So its
    /// scripts' error output goes to our own log.
    /// </summary>
    private bool HasErrorStream => Context.Options.StandardError is null && !_isHAProxy;

    bool IResponseChannel.CanTakeErrors => HasErrorStream && _hasHeaderLeft ? _connection.HasRoom : (HasErrorStream && _heldErrors is null or { Free: > 0 }) || !Log.IsFull;

    /// <summary>How a script knows that it is asked for something other than a page, in the form that libfcgi made usual.</summary>
    private ReadOnlySpan<byte> RoleVariable => _role switch
    {
        Role.Authorizer => "FCGI_ROLE\0AUTHORIZER\0"u8,
        Role.Filter => "FCGI_ROLE\0FILTER\0"u8,
        _ => default,
    };

    /// <summary>Whether its variables and all of its streams have come. A peer may end the streams first, and then say no more.</summary>
    internal bool HasCome => Exchange.HasHeader && Exchange.IsWhole;

    /// <summary>Bytes of memory that its parameters take.</summary>
    internal int ParameterBytes => _parameters.Length + Exchange.Variables.Block.Length;

    private LoopContext Context => _connection.Context;

    /// <summary>Takes in a part of the PARAMS stream.</summary>
    internal void AddParameters(ReadOnlySpan<byte> part)
    {
        if (Exchange.HasHeader)
            return;
        if (_parameters.Length + part.Length > Context.Limits.HeaderSize)
        {
            Refuse(new Fault(400, $"the request's parameters are longer than {Context.Limits.HeaderSize} bytes", "raise --max-header, or let the web server send less") { ExitCode = ExitCode.PeerError });
            return;
        }
        if (_connection.ParameterBytes + part.Length > Context.Limits.ConnectionHeaderSize)
        {
            Refuse(new Fault(503, $"the requests on one connection have more than {Context.Limits.ConnectionHeaderSize} bytes of parameters together", "let the web server use more connections, or raise --max-header")
            { ExitCode = ExitCode.PeerError });
            return;
        }
        _parameters.AddAll(part);
    }

    /// <summary>The PARAMS stream has ended: the variables can be read.</summary>
    internal void EndParameters()
    {
        if (Exchange.HasHeader)
            return;
        Exchange.EndHeader();
        ReadOnlySpan<byte> stream = _parameters.Bytes;
        Exchange.Memory = Arena.Create(stream.Length + RoleVariable.Length + 1);
        Span<byte> block = Exchange.Memory.Take(stream.Length + RoleVariable.Length + 1);
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
        int length = variables.Block.Length;
        RoleVariable.CopyTo(block[length..]);
        Exchange.SetVariables(new CgiVariables(block[..(length + RoleVariable.Length)]));
        _isHAProxy = variables.Get("SERVER_SOFTWARE"u8).StartsWith("HAProxy"u8);
        Exchange.Observer = _connection.Recorder?.Begin(Exchange);
        if (_role == Role.Authorizer)
        {
            // It gets the headers only, whatever CONTENT_LENGTH says of the request that waits for it. Section 6.3.
            Exchange.BodyLength = 0;
            Exchange.Complete(Exchange.Body);
            return;
        }
        if (ContentLength.TryRead(variables, out long bodyLength))
            Exchange.BodyLength = bodyLength;
        else
            Refuse(new Fault(400, "CONTENT_LENGTH is no number", "let the web server send digits") { ExitCode = ExitCode.PeerError });
    }

    /// <summary>Whether the script can be started before more of its large body is taken in, and so can take that in itself.</summary>
    internal bool IsStartDue => Exchange is { IsStarted: false, HasHeader: true, BodyLength: > Limits.SmallBody };

    /// <summary>Starts the script once its variables are known, and, if the body's length is not, the body.</summary>
    internal void StartIfReady()
    {
        if (Exchange.IsStarted || !Exchange.HasHeader)
            return;
        if (Exchange.Body.IsComplete)
            Exchange.BodyLength = Exchange.Body.Received; // the stream's length is the true one
        if (Exchange.BodyLength != ContentLength.Unknown)
            Exchange.Start(_connection.Responder);
    }

    /// <summary>A stream of the request has ended.</summary>
    internal void EndStream(RecordType type)
    {
        if (type == RecordType.Stdin && !Exchange.Body.IsComplete)
            EndBody();
        else if (type == RecordType.Data && Exchange.Data is { } data)
            Exchange.Complete(data);
    }

    /// <summary>Takes in a part of the file that a Filter is to filter.</summary>
    internal void AddData(ReadOnlySpan<byte> part)
    {
        if (Exchange.Data is not { } data)
            return;
        Exchange.Progress();
        if (data.Received + part.Length > Context.Limits.BodySize)
            Refuse(TooLarge());
        else if (!data.Add(part))
            Refuse(BodySpool.NoRoom());
    }

    /// <summary>Takes in a part of the body.</summary>
    internal void AddBody(ReadOnlySpan<byte> part)
    {
        if (_role == Role.Authorizer)
            return;
        if (!Exchange.IsStarted && Exchange.Body.Received + part.Length > Context.Limits.BodySize)
            Refuse(TooLarge());
        else if (!Exchange.Take(Exchange is { IsStarted: true, HasFailed: false } ? WithinLength(part) : part))
            Refuse(BodySpool.NoRoom());
    }

    /// <summary>The script has been told a length: what comes beyond it is not for the script.</summary>
    private ReadOnlySpan<byte> WithinLength(ReadOnlySpan<byte> part)
    {
        long missing = Exchange.BodyLength - Exchange.Body.Received;
        if (part.Length <= missing)
            return part;
        if (!_isTooLong)
            Log.WriteLine($"{Exchange.RequestId}: the request's body is longer than CONTENT_LENGTH says ({Exchange.BodyLength} bytes), and the rest of it is not passed on: let the web server send the true length");
        _isTooLong = true;
        return part[..(int)missing];
    }

    void IResponseChannel.Schedule() => _connection.Schedule();

    void IResponseChannel.Wait() => _connection.Loop.RunOnce();

    int IResponseChannel.Write(ReadOnlySpan<byte> output)
    {
        int count = _connection.WriteStream(RecordType.Stdout, Id, output);
        if (!_hasHeaderLeft && count == output.Length)
            OnHeaderLeft();
        return count;
    }

    SpliceResult IResponseChannel.Splice(int pipe, long most, out int moved) => _connection.SpliceStream(this, pipe, most, out moved);

    bool IResponseChannel.IsSplicing => _connection.IsSplicing(this);

    void IResponseChannel.EndSplice() => _connection.EndSplice(this);

    void IResponseChannel.WriteError(ReadOnlySpan<byte> lines)
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

    void IResponseChannel.ReportFault(Fault fault)
    {
        if (fault.Status == 503)
            ProtocolStatus = ProtocolStatus.Overloaded; // HAProxy then opens another connection for the next request
        if (!HasErrorStream)
            return;
        byte[] line = Encoding.UTF8.GetBytes(PrintableText.Of($"{Log.Program}: {Exchange.RequestId}: {fault}") + "\n");
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
            _connection.WriteRecord(RecordType.Stderr, Id, lines[..count]);
            lines = lines[count..];
        }
    }

    byte[] IResponseChannel.Enclose(byte[] page) => page;

    void IResponseChannel.End(int exitCode) => _connection.EndAnswer(this, exitCode);

    void IResponseChannel.Break() => _connection.BreakAnswer(this);

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release()
    {
        Exchange.Release();
        _parameters.Dispose();
        // The peer left before a header could go out. What the script said is not lost; our own line is in the log already.
        if (_heldErrors is { IsEmpty: false })
            Log.WriteScriptOutput(_heldErrors.Bytes);
        _heldErrors?.Dispose();
    }

    /// <summary>Section 6.2: an application compares what has come with CONTENT_LENGTH.</summary>
    private void EndBody()
    {
        BodySpool body = Exchange.Body;
        long length = Exchange.BodyLength;
        Exchange.Complete(Exchange.Body);
        if (Exchange.HasFailed || !Exchange.HasHeader || length == ContentLength.Unknown || length == body.Received)
            return;
        if (body.Received < length)
            Refuse(new Fault(400, $"the request's body ended after {body.Received} of {length} bytes", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        else
            Log.WriteLine($"{Exchange.RequestId}: the request's body has {body.Received} bytes, but CONTENT_LENGTH says {length}: let the web server send the true length");
    }

    private Fault TooLarge() => Admission.BodyTooLarge(Context.Options);

    private void Refuse(Fault fault)
    {
        _parameters.Dispose();
        Exchange.Refuse(fault);
    }
}
