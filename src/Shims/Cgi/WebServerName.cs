using Shims.Diagnostics;

namespace Shims.Cgi;

/// <summary>The name of the web server, for a line of the log.</summary>
internal static class WebServerName
{
    /// <summary>Bytes of a name; nginx has 5.</summary>
    private const int Longest = 20;

    /// <summary>The product of SERVER_SOFTWARE, such as nginx; "the web server" if it is not told.</summary>
    internal static string Of(CgiVariables request)
    {
        ReadOnlySpan<byte> software = request.Get("SERVER_SOFTWARE"u8);
        int end = software.IndexOfAny((byte)'/', (byte)' ');
        ReadOnlySpan<byte> name = end < 0 ? software : software[..end];
        return name.IsEmpty || name.Length > Longest ? "the web server" : PrintableText.Of(name);
    }
}
