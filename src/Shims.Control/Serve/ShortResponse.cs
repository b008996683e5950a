using System.Text;
using Microsoft.AspNetCore.Http;

namespace Shims.Control.Serve;

/// <summary>Responses of the server itself that are known in full.</summary>
internal static class ShortResponse
{
    /// <summary>Sends bytes; for HEAD, their header.</summary>
    internal static async Task SendAsync(HttpContext context, string contentType, byte[] bytes)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        if (context.Request.Method != "HEAD")
            await context.Response.BodyWriter.WriteAsync(bytes);
    }

    /// <summary>Sends the reason for which a request is refused.</summary>
    internal static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(reason + "\n"));
    }
}
