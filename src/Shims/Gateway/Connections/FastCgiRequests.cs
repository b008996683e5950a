using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>The requests that are in flight on a FastCGI connection, and what becomes of it when there are none any more.</summary>
internal sealed class FastCgiRequests(Connection connection, RecordQueue output)
{
    private readonly ParameterBudget _parameters = new(connection.Context.Limits.ConnectionHeaderSize);

    /// <summary>In the order in which they have begun.</summary>
    internal List<FastCgiRequest> InFlight { get; } = [];

    internal FastCgiConnectionState State { get; private set; }

    /// <summary>True if the last request that has ended has been received in full.</summary>
    internal bool HasLastCome { get; private set; } = true;

    /// <summary>The first end of a phase among them.</summary>
    internal long Deadline
    {
        get
        {
            long next = long.MaxValue;
            foreach (FastCgiRequest request in InFlight)
                next = Math.Min(next, request.Exchange.Deadline);
            return next;
        }
    }

    /// <summary>The request that has this id.</summary>
    internal FastCgiRequest? Find(ushort id)
    {
        foreach (FastCgiRequest request in InFlight)
        {
            if (request.Id == id)
                return request;
        }
        return null;
    }

    /// <summary>Goes over to a later state.</summary>
    internal void Become(FastCgiConnectionState state) => State = state > State ? state : State;

    /// <summary>Takes in a record, or of a stream a part of one.</summary>
    /// <param name="record">The record.</param>
    /// <param name="content">As from <see cref="RecordReader.TryNext"/>.</param>
    /// <returns>The fault of a connection that cannot be understood any more; else null.</returns>
    internal Fault? Take(RecordHeader record, ReadOnlySpan<byte> content)
    {
        FastCgiRequest? request = Find(record.RequestId);
        if (record.RequestId == RecordHeader.ManagementId)
            WriteManagementRecord(record.Type, content);
        else if (record.Type != RecordType.BeginRequest)
            Take(request, record, content);
        else if (request is null && BeginRequestBody.TryRead(content, out BeginRequestBody body))
            Begin(record.RequestId, body);
        else
            return new Fault(400, "the web server began a FastCGI request that is malformed or has begun already", "see whether it speaks FastCGI 1.0") { ExitCode = ExitCode.PeerError };
        return null;
    }

    /// <summary>Does for each what can be done without waiting, and takes those off that have ended.</summary>
    internal void Advance()
    {
        for (int i = 0; i < InFlight.Count;)
        {
            InFlight[i].Advance();
            if (!Settle(InFlight[i]))
                i++;
        }
    }

    /// <summary>The phase of one has come to its end, or of several.</summary>
    /// <param name="isInputStopped">True if nothing is read for now, so that more of a body may have come.</param>
    internal void OnDeadline(bool isInputStopped)
    {
        foreach (FastCgiRequest request in InFlight)
        {
            if (request.Exchange.Deadline > connection.Loop.Now)
                continue;
            if (isInputStopped && request.Exchange.Phase == RequestPhase.Body)
                request.Exchange.Progress();
            else
                request.Exchange.OnDeadline();
        }
    }

    private void Begin(ushort id, BeginRequestBody body)
    {
        Become(body.KeepsConnection && !connection.Context.IsFinishing ? FastCgiConnectionState.Kept : FastCgiConnectionState.Final);
        if (body.Role is not (Role.Responder or Role.Authorizer or Role.Filter))
            output.WriteEndRequest(id, 0, ProtocolStatus.UnknownRole);
        else if (InFlight.Count == Limits.RequestsOfAConnection || State == FastCgiConnectionState.Broken)
            output.WriteEndRequest(id, 0, ProtocolStatus.Overloaded);
        else
            InFlight.Add(new FastCgiRequest(connection, output, _parameters, id, body.Role));
    }

    /// <summary>Management records are answered at once, in one piece: HAProxy gives up if a first read brings less than a header.</summary>
    private void WriteManagementRecord(RecordType type, ReadOnlySpan<byte> content)
    {
        Become(FastCgiConnectionState.Kept);
        if (type == RecordType.GetValues)
        {
            ServiceContext service = connection.Context.Service;
            Span<byte> values = stackalloc byte[ManagementValues.MaxSize];
            int length = ManagementValues.WriteResult(content, service.MaxConnections, service.MaxRequests, values);
            output.Write(RecordType.GetValuesResult, RecordHeader.ManagementId, values[..length]);
            return;
        }
        // Section 4.2: the type that is not understood, and seven reserved bytes.
        output.Write(RecordType.UnknownType, RecordHeader.ManagementId, [(byte)type, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>Records for requests that have ended, or never began, are to be ignored. Section 3.3.</summary>
    private void Take(FastCgiRequest? request, RecordHeader record, ReadOnlySpan<byte> content)
    {
        if (request is null)
            return;
        request.Take(record, content);
        Settle(request);
    }

    /// <summary>Takes a request off that has ended or is broken.</summary>
    /// <returns>True if it was.</returns>
    private bool Settle(FastCgiRequest request)
    {
        if (!request.HasEnded)
            return false;
        InFlight.Remove(request);
        if (request.State == FastCgiRequestState.Broken)
            Become(InFlight.Count == 0 ? FastCgiConnectionState.BrokenAlone : FastCgiConnectionState.Broken);
        else
            HasLastCome = request.Exchange.IsWhole;
        request.Release();
        return true;
    }
}
