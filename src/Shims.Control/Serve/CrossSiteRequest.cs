using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>Requests that pages of other sites make a browser send. Such a page cannot read the response, but its request would run a
/// script.</summary>
internal static class CrossSiteRequest
{
    /// <summary>Whether a page of another site loads something without showing it to the visitor: an image, a frame, a script, a
    /// fetch.</summary>
    /// <remarks>https://www.w3.org/TR/fetch-metadata/: browsers send headers that pages cannot set. Links and forms, which show the page to
    /// the visitor, are allowed.</remarks>
    internal static bool IsSubresource(IHeaderDictionary headers) =>
        headers["Sec-Fetch-Site"].ToString().Equals("cross-site", StringComparison.OrdinalIgnoreCase)
        && !(headers["Sec-Fetch-Mode"].ToString().Equals("navigate", StringComparison.OrdinalIgnoreCase)
            && headers["Sec-Fetch-Dest"].ToString() is "" or "document");
}
