namespace Shims;

/// <summary>Thrown when a response is no longer wanted: the browser or the web server has gone, or the handler has exceeded its time limit.</summary>
/// <remarks>Thrown by what reads the request's body or writes the response. A handler need not catch it.</remarks>
/// <example><code>
/// try
/// {
///     response.Write("a line\n");
///     response.Flush();
/// }
/// catch (RequestAbortedException)
/// {
///     Console.Error.WriteLine("no one is there any more");
///     throw;
/// }
/// </code></example>
public sealed class RequestAbortedException : IOException
{
    /// <summary>Makes the exception.</summary>
    public RequestAbortedException()
        : base("The response is no longer wanted: the client has gone, or the handler has exceeded its time limit.")
    {
    }
}
