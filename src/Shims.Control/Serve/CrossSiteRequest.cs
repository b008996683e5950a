using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>Requests that pages of other sites make a browser send. Such a page cannot read the answer, but its request would run a script.</summary>
internal static class CrossSiteRequest
{
    /// <summary>Whether a page of another site asks, without the visitor going there: an image, a frame, a script, a fetch.</summary>
    /// <remarks>https://www.w3.org/TR/fetch-metadata/: browsers say so in headers that pages cannot set. A link that is followed, and a form that is sent, show the page to the visitor.</remarks>
    internal static bool Asks(IHeaderDictionary headers) =>
        headers["Sec-Fetch-Site"].ToString().Equals("cross-site", StringComparison.OrdinalIgnoreCase)
        && !(headers["Sec-Fetch-Mode"].ToString().Equals("navigate", StringComparison.OrdinalIgnoreCase) && headers["Sec-Fetch-Dest"].ToString() is "" or "document");
}
