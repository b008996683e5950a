namespace Shims;

/// <summary>The decision of an authorizer, and the variables that go with it. FastCGI 1.0 section 6.3.</summary>
/// <example><code>
/// return Shim.RunAuthorizer((request, authorization) =&gt;
/// {
///     if (request.RemoteAddress == "127.0.0.1")
///         authorization.Allow();
/// });
/// </code></example>
public sealed class CgiAuthorization
{
    private bool _isAllowed;

    internal CgiAuthorization(CgiResponse response) => Response = response;

    /// <summary>The response for the client if the request is not allowed. A status below 400 that is not a redirect becomes 403.</summary>
    public CgiResponse Response { get; }

    /// <summary>The request may go on: to a file, or to another program.</summary>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public void Allow()
    {
        if (Response.HasStarted)
            throw new InvalidOperationException("The request cannot be allowed any more: a response to the client has begun.");
        _isAllowed = true;
    }

    /// <summary>Allows the request, and gives the protected program a variable. nginx's auth_request sees it as header <c>Variable-NAME</c>.</summary>
    /// <param name="name">Letters, digits and underscores, such as REMOTE_USER.</param>
    /// <param name="value">Text without control characters.</param>
    /// <exception cref="ArgumentException">Name or value contains what it must not.</exception>
    /// <exception cref="InvalidOperationException">The response has begun already.</exception>
    public void Allow(string name, string value)
    {
        Allow();
        Response.Headers["Variable-" + name] = value;
    }

    internal void Conclude()
    {
        if (_isAllowed && Response.HasStarted)
            throw new InvalidOperationException("The request was allowed, and yet a response to the client was written.");
        if (!_isAllowed && !Response.HasStarted && Response.StatusCode < 300)
            Response.StatusCode = 403;
        else if (_isAllowed)
            Response.StatusCode = 200;
    }
}
