namespace Shims.Cgi;

/// <summary>QUERY_STRING as the browser sent it. Allocates and throws nothing.</summary>
/// <remarks>
/// RFC 3875 section 4.1.7: the query is not decoded. lighttpd 1.4.69 rewrites it all the same (<c>%41</c> to <c>A</c>, <c>%2f</c> to <c>%2F</c>), but sends
/// REQUEST_URI untouched: where both mean the same, the latter is taken. After a rewrite they do not, and QUERY_STRING is believed.
/// </remarks>
internal static class RequestedQuery
{
    /// <param name="uri">REQUEST_URI.</param>
    /// <param name="sent">QUERY_STRING.</param>
    internal static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> sent)
    {
        int mark = uri.IndexOf((byte)'?');
        if (mark < 0)
            return sent;
        ReadOnlySpan<byte> requested = uri[(mark + 1)..];
        return PercentEncoding.MeanTheSame(requested, sent) ? requested : sent;
    }
}
