namespace Shims.Cgi;

/// <summary>The kinds of lines in the header of a CGI response. RFC 3875 section 6.3, and RFC 9110 section 7.6.1 for the headers of one hop.</summary>
internal enum ResponseLineKind : byte
{
    /// <summary>A malformed line: there is a control character inside it.</summary>
    Ambiguous,

    /// <summary>Not a header line.</summary>
    NoHeader,

    Status,

    ContentLength,

    Location,

    /// <summary>The script's own transfer coding of its body, which only the web server may do. RFC 3875 section 6.3.4.</summary>
    TransferEncoding,

    /// <summary>The id of the request, which the script has chosen itself.</summary>
    RequestId,

    /// <summary>A header that says how a connection is used that is not the script's.</summary>
    HopByHop,

    /// <summary>Any other header.</summary>
    Other,
}
