using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>A file that is sent as it is, as a web server beside a folder of pages does.</summary>
internal static class StaticFile
{
    /// <summary>The media types of files that web servers send; others, such as sources and configurations, are not sent.</summary>
    private static readonly Dictionary<string, string> s_types = new(StringComparer.OrdinalIgnoreCase)
    {
        [".avif"] = "image/avif",
        [".css"] = "text/css; charset=utf-8",
        [".gif"] = "image/gif",
        [".htm"] = "text/html; charset=utf-8",
        [".html"] = "text/html; charset=utf-8",
        [".ico"] = "image/x-icon",
        [".jpeg"] = "image/jpeg",
        [".jpg"] = "image/jpeg",
        [".js"] = "text/javascript; charset=utf-8",
        [".mjs"] = "text/javascript; charset=utf-8",
        [".mp4"] = "video/mp4",
        [".pdf"] = "application/pdf",
        [".png"] = "image/png",
        [".svg"] = "image/svg+xml",
        [".ttf"] = "font/ttf",
        [".txt"] = "text/plain; charset=utf-8",
        [".webp"] = "image/webp",
        [".woff"] = "font/woff",
        [".woff2"] = "font/woff2",
    };

    /// <summary>True if a file has a type that is sent, and neither it nor a directory of it is hidden.</summary>
    /// <param name="path">Its path below the directory that is served.</param>
    internal static bool Has(string path) =>
        s_types.ContainsKey(Path.GetExtension(path)) && !path.Contains("/.", StringComparison.Ordinal);

    /// <summary>Sends it.</summary>
    internal static async Task SendAsync(HttpContext context, string path)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            await ShortResponse.RefuseAsync(context, 405, "Method not allowed: this is a file that is sent as it is.");
            return;
        }
        context.Response.ContentType = s_types[Path.GetExtension(path)];
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        await context.Response.SendFileAsync(path, context.RequestAborted);
    }
}
