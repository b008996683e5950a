using System.Text;

namespace Shims.Cgi;

/// <summary>The redirect from the URL of a directory to the same with a slash at its end, by which the links of its page are relative to
/// it.</summary>
internal static class SlashRedirect
{
    private const string Hexadecimal = "0123456789ABCDEF";

    /// <summary>The status. GET and HEAD get a 301; other methods a 308, with which a form is sent again as it was (RFC 9110, section
    /// 15.4.9).</summary>
    /// <param name="request">The request's variables.</param>
    internal static int StatusFor(CgiVariables request)
    {
        ReadOnlySpan<byte> method = request.Get("REQUEST_METHOD"u8);
        return method.IsEmpty || method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) ? 301 : 308;
    }

    /// <summary>The whole CGI response.</summary>
    /// <param name="request">The request's variables.</param>
    /// <param name="withBody">False in response to HEAD.</param>
    internal static byte[] PageFor(CgiVariables request, bool withBody)
    {
        string location = LocationFor(request);
        string status = StatusFor(request) == 301 ? "301 Moved Permanently" : "308 Permanent Redirect";
        string text = $"{status}\n\n{location}\n";
        string head = $"Status: {status}\r\nLocation: {location}\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: {text.Length}\r\n\r\n";
        return Encoding.ASCII.GetBytes(withBody ? head + text : head);
    }

    /// <summary>The URL's path as the browser sent it, a slash, and the query.</summary>
    private static string LocationFor(CgiVariables request)
    {
        var location = new StringBuilder("/");
        ReadOnlySpan<byte> uri = request.Get("REQUEST_URI"u8), query = request.Get("QUERY_STRING"u8);
        int mark = uri.IndexOf((byte)'?');
        if (uri is [(byte)'/', ..])
        {
            Append(location, mark < 0 ? uri : uri[..mark], "%"u8);
        }
        else
        {
            ReadOnlySpan<byte> name = request.Get("SCRIPT_NAME"u8), pathInfo = request.Get("PATH_INFO"u8);
            Append(location, name.IsEmpty && pathInfo.IsEmpty ? request.Get("DOCUMENT_URI"u8) : name, default);
            Append(location, pathInfo, default);
        }
        location.Append('/');
        query = RequestedQuery.Of(uri, query);
        if (!query.IsEmpty)
        {
            location.Append('?');
            Append(location, query, "%?"u8);
        }
        return location.ToString();
    }

    /// <summary>Appends a part of a URL. Of two slashes at the beginning, which would name another host, one is left.</summary>
    /// <param name="kept">Characters that stay, besides those that have no meaning in a URL.</param>
    private static void Append(StringBuilder location, ReadOnlySpan<byte> part, ReadOnlySpan<byte> kept)
    {
        foreach (byte character in location.Length == 1 ? part.TrimStart((byte)'/') : part)
        {
            bool stays = char.IsAsciiLetterOrDigit((char)character) || "-._~!$&'()*+,;=:@/"u8.Contains(character)
                || kept.Contains(character);
            if (stays)
                location.Append((char)character);
            else
                location.Append('%').Append(Hexadecimal[character >> 4]).Append(Hexadecimal[character & 15]);
        }
    }
}
