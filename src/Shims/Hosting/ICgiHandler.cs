namespace Shims;

/// <summary>A handler of requests.</summary>
/// <example><code>
/// sealed class Hello : ICgiHandler
/// {
///     public void Handle(CgiRequest request, CgiResponse response) =&gt; response.Write("hello\n");
/// }
/// ...
/// return Shim.Run(new Hello());
/// </code></example>
public interface ICgiHandler
{
    /// <summary>Responds to one request. On a listening socket it is called on several threads at once.</summary>
    /// <param name="request">The request. Good until the method returns.</param>
    /// <param name="response">The response. It is complete when the method returns, and a failure if it throws.</param>
    void Handle(CgiRequest request, CgiResponse response);
}
