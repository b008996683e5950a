namespace Shims;

/// <summary>The readers of the cause of a failed request.</summary>
/// <example><code>
/// return Shim.Run(
///     (request, response) =&gt; response.Write(File.ReadAllText("/srv/page.txt")),
///     new ShimOptions { ErrorsTo = ErrorAudience.Browser });
/// </code></example>
public enum ErrorAudience
{
    /// <summary>The log. The client gets a short page with the id under which the log tells more.</summary>
    Log,

    /// <summary>The client as well: for development, as the page shows the stack of an exception.</summary>
    Browser,
}
