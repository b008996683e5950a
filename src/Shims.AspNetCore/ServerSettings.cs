namespace Shims.AspNetCore;

/// <summary>The settings that matter for each request.</summary>
internal sealed record ServerSettings
{
    /// <summary>See <see cref="ShimServerOptions.PathBase"/>.</summary>
    internal string? PathBase { get; init; }

    /// <summary>See <see cref="ShimServerOptions.MaxRequestBodySize"/>.</summary>
    internal long? MaxRequestBodySize { get; init; }

    /// <summary>See <see cref="ShimServerOptions.AllowSynchronousIO"/>.</summary>
    internal bool AllowsSynchronousIO { get; init; }

    /// <summary>See <see cref="ShimServerOptions.AllowUnicodeResponseHeaders"/>.</summary>
    internal bool AllowsUnicodeHeaders { get; init; }

    /// <summary>See <see cref="ShimServerOptions.RequestIdHeader"/>.</summary>
    internal bool SendsRequestId { get; init; }

    internal static ServerSettings Of(ShimServerOptions options) => new()
    {
        PathBase = options.PathBase,
        MaxRequestBodySize = options.MaxRequestBodySize,
        AllowsSynchronousIO = options.AllowSynchronousIO,
        AllowsUnicodeHeaders = options.AllowUnicodeResponseHeaders,
        SendsRequestId = options.RequestIdHeader,
    };
}
