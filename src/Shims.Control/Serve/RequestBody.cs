using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Win32.SafeHandles;
using Shims.Cgi;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>The body of a browser's request. It is streamed if its length is known, else spooled first, because SCGI begins with the
/// length.</summary>
internal sealed class RequestBody : IAsyncDisposable
{
    /// <summary>The largest body that is spooled, in bytes, as client_max_body_size in nginx-examples/. Every page on the web can make a
    /// browser send a body.</summary>
    internal const long MaxSpooled = 100L * 1024 * 1024;

    private const int BufferSize = 64 * 1024;

    private readonly FileStream? _spool;

    private RequestBody(Stream? stream, long length, FileStream? spool = null) => (Stream, Length, _spool) = (stream, length, spool);

    /// <summary>The body; null if there is none.</summary>
    internal Stream? Stream { get; }

    internal long Length { get; }

    /// <summary>Receives a request's body.</summary>
    /// <exception cref="BadHttpRequestException">It is too large or malformed, or there is no disk space; the exception has the
    /// status.</exception>
    /// <exception cref="IOException">The browser has closed the connection.</exception>
    /// <exception cref="OperationCanceledException">The browser has closed the connection.</exception>
    internal static async Task<RequestBody> TakeAsync(HttpContext context)
    {
        if (context.Request.ContentLength is { } length)
            return new RequestBody(context.Request.Body, length);
        if (!context.Features.GetRequiredFeature<IHttpRequestBodyDetectionFeature>().CanHaveBody)
            return new RequestBody(null, 0);
        FileStream spool = MakeSpool();
        try
        {
            await FillAsync(spool, context.Request.Body, context.RequestAborted);
            spool.Position = 0;
            return new RequestBody(spool, spool.Length, spool);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _spool?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task FillAsync(FileStream spool, Stream body, CancellationToken left)
    {
        var buffer = new byte[BufferSize];
        for (int count; (count = await ReadAsync(body, buffer, left)) > 0;)
        {
            if (spool.Position + count > MaxSpooled)
            {
                throw new BadHttpRequestException($"Request body too large: the limit for a body without Content-Length is {MaxSpooled} " +
                    "bytes. Send a Content-Length.", StatusCodes.Status413PayloadTooLarge);
            }
            Write(spool, buffer.AsSpan(0, count));
        }
    }

    /// <summary>Reads a part of the body. Kestrel throws a plain IOException for a chunk whose size is too large for a number.</summary>
    private static async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken left)
    {
        try
        {
            return await body.ReadAsync(buffer, left);
        }
        catch (IOException exception) when (exception is not (BadHttpRequestException or ConnectionResetException))
        {
            throw new BadHttpRequestException(exception.Message, StatusCodes.Status400BadRequest, exception);
        }
    }

    private static void Write(FileStream spool, ReadOnlySpan<byte> bytes)
    {
        try
        {
            spool.Write(bytes);
        }
        catch (IOException exception)
        {
            throw new BadHttpRequestException($"Cannot write the request body to a temporary file: {exception.Message.TrimEnd('.')}. " +
                "Free disk space, or set TMPDIR.", StatusCodes.Status507InsufficientStorage, exception);
        }
    }

    private static FileStream MakeSpool()
    {
        int descriptor = TemporaryFile.Create();
        return descriptor >= 0
            ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.ReadWrite, bufferSize: 0)
            : throw new BadHttpRequestException("Cannot create a temporary file for the request body: " +
                $"{ScriptDiagnosis.Name(Libc.Errno)}. Check that TMPDIR, or /tmp, exists and is writable.",
                StatusCodes.Status507InsufficientStorage);
    }
}
