namespace Shims.Cgi;

/// <summary>What a line of a CGI response's header is. RFC 3875 section 6.3, and RFC 9110 section 7.6.1 for the headers of one hop.</summary>
internal enum ResponseLineKind : byte
{
    /// <summary>Nothing: there is a CR or NUL inside it.</summary>
    Ambiguous,

    /// <summary>No header line.</summary>
    NoHeader,

    Status,

    ContentLength,

    Location,

    /// <summary>A header that says how a connection is used that is not the script's.</summary>
    HopByHop,

    /// <summary>Any other header.</summary>
    Other,
}
