using System.Buffers;
using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Scgi;
using Shims.Uwsgi;

namespace Shims.Control.Client;

/// <summary>Encodes a request in its protocol, piece by piece.</summary>
/// <param name="protocol">SCGI, FastCGI or uwsgi.</param>
/// <param name="observer">Told of variables and records.</param>
internal sealed class RequestWriter(Protocol protocol, IGatewayObserver observer)
{
    /// <summary>The id of the only request on the connection. Every web server but HAProxy uses 1.</summary>
    internal const ushort RequestId = 1;

    private const int PieceSize = 32 * 1024;

    /// <summary>The bytes before the body.</summary>
    internal byte[] Head(TestRequest request)
    {
        List<RequestVariable> variables = request.VariablesFor(protocol);
        observer.OnVariables(variables);
        var output = new ArrayBufferWriter<byte>();
        if (protocol == Protocols.Scgi)
            WriteScgiHeader(output, variables);
        else if (protocol == Protocols.Uwsgi)
            WriteUwsgiHead(output, variables);
        else
            WriteFastCgiHead(output, request.Role, variables);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>The body in pieces, with its end. Each piece is valid until the next one is requested.</summary>
    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> BodyAsync(TestRequest request,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[PieceSize];
        var output = new ArrayBufferWriter<byte>();
        for (long rest = request.Body is null ? 0 : request.ContentLength; rest > 0;)
        {
            int count = await request.Body!.ReadAsync(buffer.AsMemory(0, (int)Math.Min(rest, buffer.Length)), cancellation);
            if (count == 0)
                throw new EndOfStreamException($"the body ended {rest} bytes before its announced length");
            rest -= count;
            output.ResetWrittenCount();
            if (protocol != Protocols.FastCgi)
                output.Write(buffer.AsSpan(0, count));
            else
                WriteRecord(output, RecordType.Stdin, buffer.AsSpan(0, count));
            yield return output.WrittenMemory;
        }
        // An Authorizer gets no body, not even an empty one. FastCGI 1.0 section 6.3.
        if (protocol != Protocols.FastCgi || request.Role == Role.Authorizer)
            yield break;
        output.ResetWrittenCount();
        WriteRecord(output, RecordType.Stdin, default);
        yield return output.WrittenMemory;
    }

    private static void WriteScgiHeader(ArrayBufferWriter<byte> output, List<RequestVariable> variables)
    {
        var block = new ArrayBufferWriter<byte>();
        foreach (RequestVariable variable in variables)
        {
            block.Write(variable.Name);
            block.Write("\0"u8);
            block.Write(variable.Value);
            block.Write("\0"u8);
        }
        output.Advance(ScgiHeaderWriter.Write(output.GetSpan(ScgiHeaderWriter.SizeOf(block.WrittenSpan)), block.WrittenSpan));
    }

    private static void WriteUwsgiHead(ArrayBufferWriter<byte> output, List<RequestVariable> variables)
    {
        int size = variables.Sum(static variable => UwsgiVariablesWriter.SizeOf(variable.Name, variable.Value));
        if (size > UwsgiHeader.MaxDataSize)
            throw new ArgumentException($"uwsgi takes {UwsgiHeader.MaxDataSize} bytes of variables, and these are {size}", nameof(variables));
        new UwsgiHeader((byte)UwsgiModifier.Wsgi, (ushort)size, 0).Write(output.GetSpan(UwsgiHeader.Size));
        output.Advance(UwsgiHeader.Size);
        foreach (RequestVariable variable in variables)
            output.Advance(UwsgiVariablesWriter.Write(output.GetSpan(UwsgiVariablesWriter.SizeOf(variable.Name, variable.Value)), variable.Name, variable.Value));
    }

    private void WriteFastCgiHead(ArrayBufferWriter<byte> output, Role role, List<RequestVariable> variables)
    {
        Span<byte> begin = stackalloc byte[BeginRequestBody.Size];
        new BeginRequestBody(role, Flags: 0).Write(begin);
        WriteRecord(output, RecordType.BeginRequest, begin);
        var pairs = new ArrayBufferWriter<byte>();
        foreach (RequestVariable variable in variables)
        {
            pairs.Advance(NameValueWriter.Write(pairs.GetSpan(NameValueWriter.SizeOf(variable.Name, variable.Value)), variable.Name,
                variable.Value));
        }
        for (ReadOnlySpan<byte> rest = pairs.WrittenSpan; !rest.IsEmpty;)
        {
            int count = Math.Min(rest.Length, PieceSize);
            WriteRecord(output, RecordType.Params, rest[..count]);
            rest = rest[count..];
        }
        WriteRecord(output, RecordType.Params, default);
    }

    private void WriteRecord(ArrayBufferWriter<byte> output, RecordType type, ReadOnlySpan<byte> content)
    {
        Span<byte> record = output.GetSpan(RecordWriter.SizeOf(content.Length));
        output.Advance(RecordWriter.Write(record, type, RequestId, content));
        observer.OnRecordSent(RecordHeader.Read(record), content);
    }
}
