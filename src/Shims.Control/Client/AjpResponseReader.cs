using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Shims.Ajp;
using Shims.Gateway.Connections;

namespace Shims.Control.Client;

/// <summary>Reads the response from packets, up to END_RESPONSE. AJPv13 "Response Packet Structure".</summary>
/// <param name="connection">Source of the packets.</param>
/// <param name="observer">Told of every packet.</param>
internal sealed class AjpResponseReader(GatewayConnection connection, IGatewayObserver observer)
    : FramedResponseReader(connection, Packet.HeaderSize + ushort.MaxValue)
{
    /// <summary>The names of headers with a number, from 1 on.</summary>
    private static readonly string[] s_names =
        ["Content-Type", "Content-Language", "Content-Length", "Date", "Last-Modified", "Location", "Set-Cookie", "Set-Cookie2",
            "Servlet-Engine", "Status", "WWW-Authenticate"];

    private readonly Channel<int> _asked = Channel.CreateUnbounded<int>();
    private bool _hasHead;
    private bool _hasEnd;

    /// <summary>The sizes of the parts of the body that the container has asked for. It is completed at the end of the response.</summary>
    internal ChannelReader<int> Asked => _asked.Reader;

    internal override bool HasEndMark => _hasEnd;

    protected override async Task ReadFrameAsync(CancellationToken cancellation)
    {
        if (await TryFillAsync(Packet.HeaderSize, cancellation))
        {
            int size = Packet.HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(Received[2..]);
            if (await TryFillAsync(size, cancellation))
            {
                Memory<byte> payload = Take(size)[Packet.HeaderSize..];
                observer.OnPacketReceived(payload.Span);
                Accept(payload);
            }
        }
        if (End != ResponseEnd.Open)
            _asked.Writer.TryComplete();
    }

    protected override PeerFault? FaultOf(ReadOnlySpan<byte> start) =>
        start is [(byte)'A'] || Packet.IsToWebServer(start) ? null
        : start.StartsWith("HTTP/"u8) ? ResponseFaults.SpeaksHttp
        : start[0] == FastCgi.RecordHeader.Version1 ? ResponseFaults.SpeaksOther(Protocols.FastCgi, Protocols.Ajp13)
        : ResponseFaults.LooksLikeHeader(start) ? ResponseFaults.SpeaksOther(Protocols.Scgi, Protocols.Ajp13)
        : ResponseFaults.NotAPacket;

    private void Accept(Memory<byte> payload)
    {
        switch (payload.Span)
        {
            case [(byte)PacketType.SendHeaders, ..] when !_hasHead && TryReadHead(payload.Span) is { } head:
                _hasHead = true;
                Output = head;
                break;
            case [(byte)PacketType.SendBodyChunk, _, _, .. var chunk] when _hasHead:
                int length = BinaryPrimitives.ReadUInt16BigEndian(payload.Span[1..]);
                // Apache reads the NUL, and refuses a chunk without it.
                if (chunk.Length != length + 1 || chunk[length] != 0)
                    Finish(ResponseEnd.Malformed, ResponseFaults.ChunkOfWrongSize(length, chunk.Length));
                else
                    Output = payload.Slice(3, length);
                break;
            case [(byte)PacketType.GetBodyChunk, _, _]:
                _asked.Writer.TryWrite(BinaryPrimitives.ReadUInt16BigEndian(payload.Span[1..]));
                break;
            case [(byte)PacketType.EndResponse, _]:
                _hasEnd = true;
                if (Received.IsEmpty)
                    Finish(ResponseEnd.Clean);
                else
                    Finish(ResponseEnd.Malformed, ResponseFaults.BytesAfterEnd(Received.Length));
                break;
            default:
                Finish(ResponseEnd.Malformed, ResponseFaults.UnexpectedPacket(payload.IsEmpty ? -1 : payload.Span[0]));
                break;
        }
    }

    /// <summary>The header in the form of CGI; null if the payload does not hold what its lengths say.</summary>
    private static byte[]? TryReadHead(ReadOnlySpan<byte> payload)
    {
        var reader = new PayloadReader(payload[1..]);
        if (!reader.TryReadInteger(out ushort status) || !reader.TryReadString(out ReadOnlySpan<byte> reason) || !reader.TryReadInteger(out ushort count))
            return null;
        var head = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"Status: {status} {Encoding.Latin1.GetString(reason)}").TrimEnd()).Append("\r\n");
        for (int i = 0; i < count; i++)
        {
            if (!TryReadName(ref reader, out string name) || !reader.TryReadString(out ReadOnlySpan<byte> value))
                return null;
            head.Append(name).Append(": ").Append(Encoding.Latin1.GetString(value)).Append("\r\n");
        }
        return reader.IsAtEnd ? Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()) : null;
    }

    private static bool TryReadName(scoped ref PayloadReader reader, out string name)
    {
        name = "";
        if (!reader.TryReadInteger(out ushort length))
            return false;
        if (length >> 8 == KnownNames.HeaderMark)
        {
            int number = length & 0xFF;
            name = number > 0 && number <= s_names.Length ? s_names[number - 1] : "";
            return name.Length > 0;
        }
        if (!reader.TryReadString(length, out ReadOnlySpan<byte> text))
            return false;
        name = Encoding.Latin1.GetString(text);
        return true;
    }
}
