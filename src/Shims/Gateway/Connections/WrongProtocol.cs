using System.Buffers.Binary;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>Recognises a web server that speaks something else, which is a line in its configuration, and answers so that it understands.</summary>
internal static class WrongProtocol
{
    private const byte TlsHandshake = 0x16;

    /// <summary>What is spoken instead.</summary>
    /// <param name="start">The first bytes received.</param>
    /// <param name="expected">What this program speaks.</param>
    /// <returns>Null if it is nothing that is known.</returns>
    internal static Fault? Explain(ReadOnlySpan<byte> start, Protocol expected)
    {
        string own = expected == Protocol.Scgi ? "scgi-run speaks SCGI" : expected == Protocol.FastCgi ? "fcgi-run speaks FastCGI" : Log.Program + " speaks SCGI and FastCGI";
        string pass = expected == Protocol.Scgi ? "scgi_pass" : expected == Protocol.FastCgi ? "fastcgi_pass" : "scgi_pass or fastcgi_pass";
        return Kind(start) switch
        {
            Spoken.FastCgi when expected == Protocol.Scgi => Miswired($"this is a FastCGI request, but {own}", "use scgi_pass in nginx (Apache: scgi://), or let fcgi-run listen here"),
            Spoken.Scgi when expected == Protocol.FastCgi => Miswired($"this is an SCGI request, but {own}", "use fastcgi_pass in nginx (Apache: fcgi://), or let scgi-run listen here"),
            Spoken.Http => Miswired($"this is an HTTP request, but {own}", $"put a web server in front ({pass} in nginx), not proxy_pass or a browser"),
            Spoken.Tls => Miswired($"this is a TLS connection, but {own}", $"put a web server in front ({pass} in nginx); TLS ends there"),
            _ => null,
        };
    }

    /// <summary>Puts a CGI response into the form that the peer understands.</summary>
    /// <param name="start">The first bytes received.</param>
    /// <param name="response">Header and page.</param>
    internal static byte[] Enclose(ReadOnlySpan<byte> start, byte[] response) => Kind(start) switch
    {
        Spoken.FastCgi when start.Length >= RecordHeader.Size => InRecords(BinaryPrimitives.ReadUInt16BigEndian(start[2..]), response),
        Spoken.Http => [.. "HTTP/1.0 500 Internal Server Error\r\n"u8, .. response],
        _ => response,
    };

    private static Fault Miswired(string cause, string cure) => new(500, cause, cure) { ExitCode = ExitCode.PeerError };

    private static Spoken Kind(ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty)
            return Spoken.Unknown;
        return start[0] switch
        {
            RecordHeader.Version1 => Spoken.FastCgi,
            TlsHandshake => Spoken.Tls,
            >= (byte)'0' and <= (byte)'9' => Spoken.Scgi,
            >= (byte)'A' and <= (byte)'Z' when start.Contains((byte)' ') => Spoken.Http,
            _ => Spoken.Unknown,
        };
    }

    private static byte[] InRecords(ushort requestId, byte[] response)
    {
        var records = new byte[RecordWriter.SizeOf(response.Length) + RecordHeader.Size + RecordWriter.EndRequestSize];
        int length = RecordWriter.Write(records, RecordType.Stdout, requestId, response);
        length += RecordWriter.Write(records.AsSpan(length), RecordType.Stdout, requestId, default);
        RecordWriter.WriteEndRequest(records.AsSpan(length), requestId, 0, ProtocolStatus.RequestComplete);
        return records;
    }

    private enum Spoken : byte
    {
        Unknown,
        Scgi,
        FastCgi,
        Http,
        Tls,
    }
}
