using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Shims.Cgi;

namespace Shims.AspNetCore.Features;

/// <summary>The headers of a request, out of its variables. RFC 3875 sections 4.1.2, 4.1.3 and 4.1.18.</summary>
internal static class RequestHeaders
{
    /// <summary>Reads them.</summary>
    /// <param name="variables">The request's variables.</param>
    /// <param name="isLengthKnown">True if the body's length is known, so that it is not chunked any more.</param>
    /// <returns>Null if a value is not UTF-8: Kestrel would answer 400.</returns>
    internal static HeaderDictionary? Read(CgiVariables variables, bool isLengthKnown)
    {
        var headers = new HeaderDictionary(16);
        bool wasLengthSent = false;
        ReadOnlySpan<byte> length = default, type = default;
        foreach (CgiVariable variable in variables)
        {
            ReadOnlySpan<byte> name = variable.Name;
            if (name.SequenceEqual("CONTENT_LENGTH"u8))
                length = variable.Value;
            else if (name.SequenceEqual("CONTENT_TYPE"u8))
                type = variable.Value;
            if (!name.StartsWith("HTTP_"u8) || name.Length == "HTTP_".Length)
                continue;
            name = name["HTTP_".Length..];
            // nginx sends these in both forms.
            wasLengthSent |= name.SequenceEqual("CONTENT_LENGTH"u8);
            if (name.SequenceEqual("CONTENT_LENGTH"u8) || name.SequenceEqual("CONTENT_TYPE"u8) || (isLengthKnown && name.SequenceEqual("TRANSFER_ENCODING"u8)))
                continue;
            if (!Utf8.IsValid(variable.Value))
                return null;
            headers[RequestHeaderCollection.InHeaderCase(name)] = Encoding.UTF8.GetString(variable.Value);
        }
        if (!Utf8.IsValid(type))
            return null;
        if (!type.IsEmpty)
            headers["Content-Type"] = Encoding.UTF8.GetString(type);
        // SCGI has a length always.
        bool isZero = length.SequenceEqual("0"u8);
        if (!length.IsEmpty && (!isZero || wasLengthSent || MayHaveBody(variables.Get("REQUEST_METHOD"u8))))
            headers["Content-Length"] = Encoding.ASCII.GetString(length);
        AddHost(headers, variables);
        return headers;
    }

    /// <summary>https if the browser's connection is encrypted as far as the web server tells.</summary>
    internal static string SchemeOf(CgiVariables variables)
    {
        ReadOnlySpan<byte> https = variables.Get("HTTPS"u8);
        return https.SequenceEqual("on"u8) || https.SequenceEqual("1"u8) || variables.Get("REQUEST_SCHEME"u8).SequenceEqual("https"u8) ? "https" : "http";
    }

    private static bool MayHaveBody(ReadOnlySpan<byte> method) => method.SequenceEqual("POST"u8) || method.SequenceEqual("PUT"u8) || method.SequenceEqual("PATCH"u8);

    /// <summary>Debian's nginx parameters pass the host without its port.</summary>
    private static void AddHost(IHeaderDictionary headers, CgiVariables variables)
    {
        ReadOnlySpan<byte> port = variables.Get("SERVER_PORT"u8);
        bool isUsual = port.IsEmpty || port.SequenceEqual(SchemeOf(variables) == "https" ? "443"u8 : "80"u8);
        string? host = headers.Host;
        if (host is null)
            host = Encoding.UTF8.GetString(HostAndPort.HostOf(variables.Get("SERVER_NAME"u8)));
        if (host.Length == 0)
            return; // an empty one stays
        bool hasPort = !HostAndPort.PortOf(Encoding.UTF8.GetBytes(host)).IsEmpty;
        headers.Host = new StringValues(hasPort || isUsual ? host : $"{host}:{Encoding.ASCII.GetString(port)}");
    }
}
