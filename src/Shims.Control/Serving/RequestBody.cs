using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.Control.Serving;

/// <summary>The body of a browser's request: passed on while it comes in if its length is known, and taken in whole first if not, because SCGI begins with the length.</summary>
internal sealed class RequestBody : IAsyncDisposable
{
    private readonly FileStream? _spool;

    private RequestBody(Stream? stream, long length, FileStream? spool = null) => (Stream, Length, _spool) = (stream, length, spool);

    /// <summary>Null where there is no body.</summary>
    internal Stream? Stream { get; }

    internal long Length { get; }

    internal static async Task<RequestBody> TakeAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } length)
            return new RequestBody(context.Request.Body, length);
        if (!context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
            return new RequestBody(null, 0);
        var spool = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await context.Request.Body.CopyToAsync(spool, context.RequestAborted);
        spool.Position = 0;
        return new RequestBody(spool, spool.Length, spool);
    }

    public ValueTask DisposeAsync() => _spool?.DisposeAsync() ?? ValueTask.CompletedTask;
}
