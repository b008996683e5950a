namespace Shims;

/// <summary>The form of a line of the log.</summary>
/// <example><code>
/// return Shim.Run(
///     (request, response) => response.Write("hello\n"),
///     new ShimOptions { LogFormat = LogFormat.Json });
/// </code></example>
public enum LogFormat
{
    /// <summary>A sentence for people.</summary>
    Text,

    /// <summary>A JSON object for programs.</summary>
    Json,
}
