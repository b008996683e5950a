using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Shims.Cgi;

namespace Shims.AspNetCore.Features;

/// <summary>The request: its line and headers, and the connection's ends as the web server tells them.</summary>
internal sealed class RequestFeature : IHttpRequestFeature, IHttpConnectionFeature, IHttpRequestIdentifierFeature
{
    private readonly byte[] _variables;

    private RequestFeature(byte[] variables, RequestTarget target, HeaderDictionary headers, string requestId)
    {
        _variables = variables;
        Method = Text("REQUEST_METHOD"u8) is { Length: > 0 } method ? HttpMethods.GetCanonicalizedValue(method) : HttpMethods.Get;
        Protocol = ProtocolOf(Text("SERVER_PROTOCOL"u8));
        Scheme = RequestHeaders.SchemeOf(new CgiVariables(variables));
        (RawTarget, PathBase, Path, QueryString) = (target.Raw, target.PathBase, target.Path, target.Query);
        Headers = headers;
        TraceIdentifier = ConnectionId = requestId;
        (RemoteIpAddress, RemotePort) = (Address("REMOTE_ADDR"u8), Port("REMOTE_PORT"u8));
        (LocalIpAddress, LocalPort) = (Address("SERVER_ADDR"u8), Port("SERVER_PORT"u8));
    }

    public string Protocol { get; set; }

    public string Scheme { get; set; }

    public string Method { get; set; }

    public string PathBase { get; set; }

    public string Path { get; set; }

    public string QueryString { get; set; }

    public string RawTarget { get; set; }

    public IHeaderDictionary Headers { get; set; }

    public Stream Body { get; set; } = Stream.Null;

    public string TraceIdentifier { get; set; }

    public string ConnectionId { get; set; }

    public IPAddress? RemoteIpAddress { get; set; }

    public IPAddress? LocalIpAddress { get; set; }

    public int RemotePort { get; set; }

    public int LocalPort { get; set; }

    /// <summary>Reads it.</summary>
    /// <returns>Null if Kestrel would answer 400.</returns>
    internal static RequestFeature? Read(byte[] block, long bodyLength, string requestId, string? pathBase)
    {
        var variables = new CgiVariables(block);
        return RequestTarget.Read(variables, pathBase) is { } target && RequestHeaders.Read(variables, bodyLength != ContentLength.Unknown) is { } headers
            ? new RequestFeature(block, target, headers, requestId)
            : null;
    }

    /// <summary>A variable as text; null if there is none.</summary>
    internal string? Text(ReadOnlySpan<byte> name) => new CgiVariables(_variables).TryGet(name, out ReadOnlySpan<byte> value) ? Encoding.UTF8.GetString(value) : null;

    /// <returns>Null for what is not an address, such as "unix:".</returns>
    private IPAddress? Address(ReadOnlySpan<byte> name) =>
        new CgiVariables(_variables).TryGet(name, out ReadOnlySpan<byte> text) && IPAddress.TryParse(text, out IPAddress? address) ? address : null;

    private int Port(ReadOnlySpan<byte> name) =>
        new CgiVariables(_variables).TryGet(name, out ReadOnlySpan<byte> text) && ushort.TryParse(text, out ushort port) ? port : 0;

    private static string ProtocolOf(string? protocol) => protocol switch
    {
        null or "" => HttpProtocol.Http11,
        "HTTP/2.0" => HttpProtocol.Http2,
        "HTTP/3.0" => HttpProtocol.Http3,
        _ => protocol,
    };
}
