namespace Shims.Hosting;

/// <summary>The way of what is printed during a request to the web server's log, or to the own one.</summary>
internal interface IErrorWriter
{
    /// <summary>The id of the request.</summary>
    string RequestId { get; }

    /// <summary>Passes on what has been written to the standard error.</summary>
    /// <returns>As <see cref="HandlerErrors.TryAdd"/>.</returns>
    bool WriteError(ReadOnlySpan<byte> lines);
}
