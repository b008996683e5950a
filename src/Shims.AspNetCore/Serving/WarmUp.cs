using Shims.AspNetCore.Features;

namespace Shims.AspNetCore.Serving;

/// <summary>While the app starts on one processor, another one does what the first request would wait for: the threads of the pool, and the code and the tables that read a request.</summary>
internal static class WarmUp
{
    private static ReadOnlySpan<byte> Sample =>
        "REQUEST_METHOD\0GET\0REQUEST_URI\0/a?b\0QUERY_STRING\0b\0SERVER_PROTOCOL\0HTTP/1.1\0SERVER_PORT\080\0REMOTE_ADDR\0127.0.0.1\0HTTP_HOST\0localhost\0"u8;

    /// <summary>Begins.</summary>
    internal static void Begin() => ThreadPool.UnsafeQueueUserWorkItem(static _ => RequestFeature.Read(Sample.ToArray(), bodyLength: 0, requestId: "", pathBase: null), state: null);
}
