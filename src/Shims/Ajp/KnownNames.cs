namespace Shims.Ajp;

/// <summary>The names that have a number in place of their letters. AJPv13 "Request Packet Structure" and "Response Packet Structure".</summary>
internal static class KnownNames
{
    /// <summary>The first byte of a header's name that is a number: no name is so long.</summary>
    internal const byte HeaderMark = 0xA0;

    /// <summary>The number of a method that follows among the attributes.</summary>
    internal const byte StoredMethod = 0xFF;

    /// <summary>The method with a number.</summary>
    /// <returns>Empty if there is none.</returns>
    internal static ReadOnlySpan<byte> Method(byte number) => number switch
    {
        1 => "OPTIONS"u8,
        2 => "GET"u8,
        3 => "HEAD"u8,
        4 => "POST"u8,
        5 => "PUT"u8,
        6 => "DELETE"u8,
        7 => "TRACE"u8,
        8 => "PROPFIND"u8,
        9 => "PROPPATCH"u8,
        10 => "MKCOL"u8,
        11 => "COPY"u8,
        12 => "MOVE"u8,
        13 => "LOCK"u8,
        14 => "UNLOCK"u8,
        15 => "ACL"u8,
        16 => "REPORT"u8,
        17 => "VERSION-CONTROL"u8,
        18 => "CHECKIN"u8,
        19 => "CHECKOUT"u8,
        20 => "UNCHECKOUT"u8,
        21 => "SEARCH"u8,
        22 => "MKWORKSPACE"u8,
        23 => "UPDATE"u8,
        24 => "LABEL"u8,
        25 => "MERGE"u8,
        26 => "BASELINE-CONTROL"u8,
        27 => "MKACTIVITY"u8,
        _ => default,
    };

    /// <summary>The name of a request's header with a number.</summary>
    /// <returns>As <see cref="Method"/>.</returns>
    internal static ReadOnlySpan<byte> RequestHeader(byte number) => number switch
    {
        1 => "accept"u8,
        2 => "accept-charset"u8,
        3 => "accept-encoding"u8,
        4 => "accept-language"u8,
        5 => "authorization"u8,
        6 => "connection"u8,
        7 => "content-type"u8,
        8 => "content-length"u8,
        9 => "cookie"u8,
        10 => "cookie2"u8,
        11 => "host"u8,
        12 => "pragma"u8,
        13 => "referer"u8,
        14 => "user-agent"u8,
        _ => default,
    };

    /// <summary>The number of a response's header.</summary>
    /// <returns>0 if it has none.</returns>
    internal static byte NumberOf(ReadOnlySpan<byte> name) =>
        Is(name, "Content-Type"u8) ? (byte)1 :
        Is(name, "Content-Language"u8) ? (byte)2 :
        Is(name, "Content-Length"u8) ? (byte)3 :
        Is(name, "Date"u8) ? (byte)4 :
        Is(name, "Last-Modified"u8) ? (byte)5 :
        Is(name, "Location"u8) ? (byte)6 :
        Is(name, "Set-Cookie"u8) ? (byte)7 :
        Is(name, "Set-Cookie2"u8) ? (byte)8 :
        Is(name, "Servlet-Engine"u8) ? (byte)9 :
        Is(name, "WWW-Authenticate"u8) ? (byte)11 : (byte)0;

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => System.Text.Ascii.EqualsIgnoreCase(name, known);
}
