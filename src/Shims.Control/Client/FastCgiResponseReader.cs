using Shims.Ajp;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Reads the response from STDOUT records, up to END_REQUEST. FastCGI 1.0.</summary>
/// <param name="connection">Source of the records.</param>
/// <param name="observer">Told of every record.</param>
/// <param name="errors">Destination of STDERR records.</param>
internal sealed class FastCgiResponseReader(GatewayConnection connection, IGatewayObserver observer, ErrorOutput errors)
    : FramedResponseReader(connection, RecordHeader.Size + ushort.MaxValue + byte.MaxValue)
{
    /// <summary>The content of END_REQUEST; null until it has arrived.</summary>
    internal EndRequestBody? EndRequest { get; private set; }

    internal override bool HasEndMark => EndRequest is not null;

    protected override async Task ReadFrameAsync(CancellationToken cancellation)
    {
        if (!await TryFillAsync(RecordHeader.Size, cancellation))
            return;
        RecordHeader header = RecordHeader.Read(Received);
        if (!await TryFillAsync(RecordHeader.Size + header.ContentLength + header.PaddingLength, cancellation))
            return;
        Memory<byte> content = Take(RecordHeader.Size + header.ContentLength + header.PaddingLength).Slice(RecordHeader.Size, header.ContentLength);
        observer.OnRecordReceived(header, content.Span);
        Accept(header, content);
    }

    protected override PeerFault? FaultOf(ReadOnlySpan<byte> start) =>
        start[0] == RecordHeader.Version1 ? null
        : start.StartsWith("HTTP/"u8) ? ResponseFaults.SpeaksHttp
        : ResponseFaults.LooksLikeHeader(start) ? ResponseFaults.SpeaksOther(Protocols.Scgi, Protocols.FastCgi)
        : Packet.IsToWebServer(start) ? ResponseFaults.SpeaksOther(Protocols.Ajp13, Protocols.FastCgi)
        : ResponseFaults.NotARecord;

    private void Accept(RecordHeader header, Memory<byte> content)
    {
        if (header is { RequestId: RecordHeader.ManagementId, Type: RecordType.GetValuesResult or RecordType.UnknownType })
            return;
        if (header.RequestId != RequestWriter.RequestId)
        {
            Finish(ResponseEnd.Malformed, ResponseFaults.ForOtherRequest(header.RequestId));
            return;
        }
        switch (header.Type)
        {
            case RecordType.Stdout:
                Output = content;
                break;
            case RecordType.Stderr when content.IsEmpty:
                break;
            case RecordType.Stderr:
                errors.Add(content.Span);
                observer.OnStandardError(content.Span);
                break;
            case RecordType.EndRequest when EndRequestBody.TryRead(content.Span, out EndRequestBody body):
                EndRequest = body;
                if (body.ProtocolStatus == ProtocolStatus.RequestComplete)
                    Finish(ResponseEnd.Clean);
                else
                    Finish(ResponseEnd.Refused, ResponseFaults.Refused(body.ProtocolStatus));
                break;
            case RecordType.EndRequest:
                Finish(ResponseEnd.Malformed, ResponseFaults.EndRequestOfWrongSize(content.Length));
                break;
            default:
                Finish(ResponseEnd.Malformed, ResponseFaults.UnknownRecord((int)header.Type));
                break;
        }
    }
}
