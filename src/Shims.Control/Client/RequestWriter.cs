using System.Buffers;
using System.Threading.Channels;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Scgi;
using Shims.Uwsgi;

namespace Shims.Control.Client;

/// <summary>A request, encoded in its protocol: first what comes before the body, then the body piece by piece.</summary>
internal sealed class RequestWriter
{
    /// <summary>The id of the only request on the connection. Every web server but HAProxy uses 1.</summary>
    internal const ushort RequestId = 1;

    private const int PieceSize = 32 * 1024;

    private readonly TestRequest _request;
    private readonly Protocol _protocol;
    private readonly List<RequestVariable> _variables;

    /// <summary>Encodes what comes before the body.</summary>
    /// <exception cref="ShimException">The protocol cannot carry the request.</exception>
    internal RequestWriter(TestRequest request, Protocol protocol)
    {
        (_request, _protocol) = (request, protocol);
        _variables = request.VariablesFor(protocol);
        var output = new ArrayBufferWriter<byte>();
        if (protocol == Protocols.Scgi)
            WriteScgiHeader(output);
        else if (protocol == Protocols.Uwsgi)
            WriteUwsgiHead(output);
        else if (protocol == Protocols.Ajp13)
            output.Write(AjpRequestWriter.Write(_variables, request.Secret));
        else
            WriteFastCgiHead(output);
        Head = output.WrittenSpan.ToArray();
    }

    /// <summary>The bytes before the body.</summary>
    internal byte[] Head { get; }

    /// <summary>Tells an observer of the variables, and of the records or packets that they are in.</summary>
    internal void Announce(IGatewayObserver observer)
    {
        observer.OnVariables(_variables);
        Announce(observer, Head);
    }

    /// <summary>The body in pieces, with its end. Each piece is valid until the next one is requested.</summary>
    /// <param name="observer">Told of records and packets.</param>
    /// <param name="asked">AJP13: sizes of the parts that the container asks for, after a first one that comes unasked. Null if the other end cannot ask.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> BodyAsync(IGatewayObserver observer, ChannelReader<int>? asked,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[_protocol == Protocols.Ajp13 ? AjpRequestWriter.MaxPart : PieceSize];
        long rest = _request.Body is null ? 0 : _request.ContentLength;
        bool isFirst = true;
        while (rest > 0)
        {
            int wanted = buffer.Length;
            if (!isFirst && asked is not null)
            {
                if (!await asked.WaitToReadAsync(cancellation) || !asked.TryRead(out int count))
                    yield break; // The response has ended before.
                wanted = Math.Clamp(count, 1, buffer.Length);
            }
            isFirst = false;
            int read = await _request.Body!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(rest, wanted)), cancellation);
            if (read == 0)
                throw new EndOfStreamException($"the body ended {rest} bytes before its announced length");
            rest -= read;
            yield return Piece(observer, buffer.AsSpan(0, read));
        }
        // A container that asks for more is told that there is none.
        if (asked is not null)
        {
            await foreach (int _ in asked.ReadAllAsync(cancellation))
                yield return Piece(observer, []);
        }
        // An Authorizer gets no body, not even an empty one. FastCGI 1.0 section 6.3.
        else if (_protocol == Protocols.FastCgi && _request.Role != Role.Authorizer)
        {
            yield return Piece(observer, []);
        }
    }

    private byte[] Piece(IGatewayObserver observer, ReadOnlySpan<byte> part)
    {
        byte[] piece = _protocol == Protocols.FastCgi ? Record(RecordType.Stdin, part)
            : _protocol == Protocols.Ajp13 ? AjpRequestWriter.WriteBody(part)
            : part.ToArray();
        Announce(observer, piece);
        return piece;
    }

    private void Announce(IGatewayObserver observer, ReadOnlySpan<byte> bytes)
    {
        if (_protocol == Protocols.Ajp13)
            observer.OnPacketSent(bytes[Ajp.Packet.HeaderSize..], isBody: bytes != Head);
        while (_protocol == Protocols.FastCgi && !bytes.IsEmpty)
        {
            RecordHeader header = RecordHeader.Read(bytes);
            observer.OnRecordSent(header, bytes.Slice(RecordHeader.Size, header.ContentLength));
            bytes = bytes[(RecordHeader.Size + header.ContentLength + header.PaddingLength)..];
        }
    }

    private void WriteScgiHeader(ArrayBufferWriter<byte> output)
    {
        var block = new ArrayBufferWriter<byte>();
        foreach (RequestVariable variable in _variables)
        {
            block.Write(variable.Name);
            block.Write("\0"u8);
            block.Write(variable.Value);
            block.Write("\0"u8);
        }
        output.Advance(ScgiHeaderWriter.Write(output.GetSpan(ScgiHeaderWriter.SizeOf(block.WrittenSpan)), block.WrittenSpan));
    }

    private void WriteUwsgiHead(ArrayBufferWriter<byte> output)
    {
        int size = _variables.Sum(static variable => UwsgiVariablesWriter.SizeOf(variable.Name, variable.Value));
        if (size > UwsgiHeader.MaxDataSize)
        {
            throw new ShimException(ExitCode.Usage, $"the block of a uwsgi request has {UwsgiHeader.MaxDataSize} bytes at the most, and the variables of this one are {size}",
                "send fewer or shorter headers; SCGI and FastCGI have no such limit");
        }
        new UwsgiHeader((byte)UwsgiModifier.Wsgi, (ushort)size, 0).Write(output.GetSpan(UwsgiHeader.Size));
        output.Advance(UwsgiHeader.Size);
        foreach (RequestVariable variable in _variables)
        {
            output.Advance(UwsgiVariablesWriter.Write(output.GetSpan(UwsgiVariablesWriter.SizeOf(variable.Name, variable.Value)),
                variable.Name, variable.Value));
        }
    }

    private void WriteFastCgiHead(ArrayBufferWriter<byte> output)
    {
        Span<byte> begin = stackalloc byte[BeginRequestBody.Size];
        new BeginRequestBody(_request.Role, Flags: 0).Write(begin);
        output.Write(Record(RecordType.BeginRequest, begin));
        var pairs = new ArrayBufferWriter<byte>();
        foreach (RequestVariable variable in _variables)
        {
            pairs.Advance(NameValueWriter.Write(pairs.GetSpan(NameValueWriter.SizeOf(variable.Name, variable.Value)), variable.Name,
                variable.Value));
        }
        for (ReadOnlySpan<byte> rest = pairs.WrittenSpan; !rest.IsEmpty;)
        {
            int count = Math.Min(rest.Length, PieceSize);
            output.Write(Record(RecordType.Params, rest[..count]));
            rest = rest[count..];
        }
        output.Write(Record(RecordType.Params, default));
    }

    private static byte[] Record(RecordType type, ReadOnlySpan<byte> content)
    {
        var record = new byte[RecordWriter.SizeOf(content.Length)];
        return record[..RecordWriter.Write(record, type, RequestId, content)];
    }
}
