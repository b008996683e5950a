using Shims.Cgi;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Connections;

/// <summary>One request of a FastCGI connection: the records that bring it, and those that take its response back.</summary>
internal sealed class FastCgiRequest : IResponseChannel
{
    private readonly Connection _connection;
    private readonly RecordQueue _output;
    private readonly Role _role;
    private readonly ParameterStream _parameters;
    private readonly ErrorStream _errors;
    private ProtocolStatus _status;
    private BodyBound _bound;

    internal FastCgiRequest(Connection connection, RecordQueue output, ParameterBudget budget, ushort id, Role role)
    {
        _connection = connection;
        _output = output;
        _role = role;
        _parameters = new ParameterStream(role, connection.Context.Limits, budget);
        _errors = new ErrorStream(output, id) { IsClosed = connection.Context.Options.StandardError is not null };
        Id = id;
        Exchange = new Exchange(connection.Context, this, hasHeader: false, hasData: role == Role.Filter);
    }

    internal ushort Id { get; }

    internal FastCgiRequestState State { get; private set; }

    /// <summary>The request, whatever the wire.</summary>
    internal Exchange Exchange { get; }

    string IResponseChannel.Protocol => "FastCGI";

    string IResponseChannel.Peer => _connection.Peer;

    bool IResponseChannel.CanTakeErrors => _errors.HasRoom;

    bool IResponseChannel.IsSplicing => _output.IsSplicing(Id);

    /// <summary>True if the client has left, and the script goes on without it.</summary>
    private bool GoesOnAlone => Exchange.Channel != this;

    /// <summary>True if nothing more is to be done about it.</summary>
    internal bool HasEnded => State >= FastCgiRequestState.Ended;

    /// <summary>True if its variables and all of its streams have come. A peer may end the streams first, and then send nothing more.</summary>
    internal bool HasCome => State != FastCgiRequestState.Parameters && Exchange.IsWhole;

    /// <summary>True if the script can be started before more of its large body is taken in, and so can take that in itself.</summary>
    internal bool IsStartDue => State == FastCgiRequestState.Unanswered && Exchange.BodyLength > Limits.SmallBody;

    /// <summary>True if more of the body is to come, and goes to the script without being looked at.</summary>
    internal bool IsBodyPassing => Exchange.DirectInput is not null && Exchange.Body.Received < Exchange.BodyLength;

    /// <summary>Takes in a record, or of a stream a part of one.</summary>
    /// <param name="record">One of this request.</param>
    /// <param name="content">As from <see cref="RecordReader.TryNext"/>.</param>
    internal void Take(RecordHeader record, ReadOnlySpan<byte> content)
    {
        bool isEnd = record.ContentLength == 0;
        switch (record.Type)
        {
            case RecordType.Params when State != FastCgiRequestState.Parameters:
                break;
            case RecordType.Params when isEnd:
                EndParameters();
                break;
            case RecordType.Params:
                RefuseIf(_parameters.Add(content));
                break;
            case RecordType.Stdin when isEnd:
                EndBody();
                break;
            case RecordType.Stdin:
                AddBody(content);
                break;
            case RecordType.Data when isEnd:
                Exchange.Complete(Exchange.Data);
                break;
            case RecordType.Data:
                AddData(content);
                break;
            case RecordType.AbortRequest:
                Abort();
                break;
        }
    }

    /// <summary>Does what can be done without waiting.</summary>
    internal void Advance()
    {
        if (State == FastCgiRequestState.Unanswered && Exchange.Body.IsComplete)
            Exchange.BodyLength = Exchange.Body.Received; // the stream's length is the true one
        if (State == FastCgiRequestState.Unanswered && Exchange.BodyLength != ContentLength.Unknown)
        {
            State = FastCgiRequestState.Responding;
            _connection.Responder.Start(Exchange, connection: -1);
        }
        if (!HasEnded)
            Exchange.Response?.Advance();
    }

    /// <summary>There is no one any more who wants the response.</summary>
    internal void ClientLeft()
    {
        if (!GoesOnAlone && (HasEnded || !ClientlessChannel.TryTakeOver(Exchange)))
            Exchange.Response?.Abandon(StopReason.PeerGone);
    }

    /// <summary>Gives back everything the request holds.</summary>
    internal void Release()
    {
        _errors.Close(Exchange);
        if (!GoesOnAlone)
            Exchange.Release();
        _parameters.Dispose();
    }

    void IResponseChannel.Schedule() => _connection.Schedule();

    int IResponseChannel.Write(ReadOnlySpan<byte> output)
    {
        int count = _output.WriteOutput(Id, output);
        // What is written first is the header.
        if (count == output.Length)
            _errors.OnHeaderLeft();
        return count;
    }

    SpliceResult IResponseChannel.Splice(int pipe, long most, out int moved) => _output.Splice(Id, pipe, most, out moved);

    void IResponseChannel.EndSplice() => _output.EndSplice(Id);

    void IResponseChannel.WriteError(ReadOnlySpan<byte> lines, ScriptLog log) => _errors.Write(lines, log);

    void IResponseChannel.ReportFault(Fault fault)
    {
        if (State < FastCgiRequestState.Responding)
            State = FastCgiRequestState.Responding;
        if (fault.Status == 503)
            _status = ProtocolStatus.Overloaded; // HAProxy then opens another connection for the next request
        _errors.Report($"{Log.Program}: {Exchange.RequestId}: {fault}");
    }

    void IResponseChannel.End(int exitCode)
    {
        _output.Write(RecordType.Stdout, Id, default);
        _errors.End();
        End(exitCode, _status);
    }

    void IResponseChannel.Break() => Leave(FastCgiRequestState.Broken);

    /// <summary>Section 5.4: the script ends, and the request with its exit status. No more of it comes.</summary>
    private void Abort()
    {
        ClientLeft();
        if (!GoesOnAlone)
        {
            Exchange.Complete(Exchange.Body);
            Exchange.Complete(Exchange.Data);
        }
        End(128 + Flags.SIGTERM, ProtocolStatus.RequestComplete);
    }

    private void End(int applicationStatus, ProtocolStatus status)
    {
        _output.WriteEndRequest(Id, applicationStatus, status);
        Leave(FastCgiRequestState.Ended);
    }

    /// <summary>The connection takes the request off at its next turn.</summary>
    private void Leave(FastCgiRequestState state)
    {
        State = state;
        _connection.ScheduleOutsideOfTurn();
    }

    private void EndParameters()
    {
        State = FastCgiRequestState.Unanswered;
        Exchange.EndHeader();
        if (RefuseIf(_parameters.ReadInto(Exchange)))
            return;
        // HAProxy 2.6.12 ends itself, and all its connections with it, when error output comes after the header in pieces of its own ("call trace" in its log).
        _errors.IsClosed |= Exchange.Variables.Get("SERVER_SOFTWARE"u8).StartsWith("HAProxy"u8);
        Exchange.Observer = _connection.Recorder?.Begin(Exchange);
        // An Authorizer gets the headers only, whatever CONTENT_LENGTH says of the request that waits for it. Section 6.3.
        if (_role == Role.Authorizer)
            Exchange.Complete(Exchange.Body);
        else if (ContentLength.TryRead(Exchange.Variables, out long length))
            Exchange.BodyLength = length;
        else
            Exchange.Refuse(new Fault(400, "CONTENT_LENGTH is not a number", "configure the web server to send the length in digits") { ExitCode = ExitCode.PeerError });
    }

    private void AddData(ReadOnlySpan<byte> part)
    {
        Exchange.Progress();
        if (Exchange.Data is not { } data || Exchange.HasFailed)
            return;
        if (data.Received + part.Length > Exchange.Context.Limits.BodySize)
            Exchange.Refuse(Admission.BodyTooLarge(Exchange.Context.Options));
        else if (!data.Add(part))
            Exchange.Refuse(BodySpool.NoRoom());
    }

    private void AddBody(ReadOnlySpan<byte> part)
    {
        if (_role == Role.Authorizer)
            return;
        bool isStarted = State == FastCgiRequestState.Responding;
        if (!isStarted && Exchange.Body.Received + part.Length > Exchange.Context.Limits.BodySize)
            Exchange.Refuse(Admission.BodyTooLarge(Exchange.Context.Options));
        else
            Exchange.Take(isStarted && !Exchange.HasFailed ? _bound.Cut(Exchange, part) : part);
    }

    /// <summary>Section 6.2: an application compares what has come with CONTENT_LENGTH.</summary>
    private void EndBody()
    {
        BodySpool body = Exchange.Body;
        if (body.IsComplete)
            return;
        Exchange.Complete(body);
        long length = Exchange.BodyLength;
        if (Exchange.HasFailed || State == FastCgiRequestState.Parameters || length == ContentLength.Unknown || length == body.Received)
            return;
        if (body.Received < length)
            Exchange.Refuse(new Fault(400, $"the request's body ended after {body.Received} of {length} bytes", "see the web server's log for why it broke off") { ExitCode = ExitCode.PeerError });
        else
            Log.WriteLine(Exchange.RequestId, $"the request's body has {body.Received} bytes, but CONTENT_LENGTH says {length}: configure the web server to send the true length");
    }

    /// <summary>Refuses the request if its parameters are at fault, and gives back what they take.</summary>
    private bool RefuseIf(Fault? fault)
    {
        if (fault is null)
            return false;
        _parameters.Dispose();
        Exchange.Refuse(fault);
        return true;
    }
}
