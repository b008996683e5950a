using Shims.Hosting;

namespace Shims;

/// <summary>Makes a program of a handler: one that inetd, systemd or a web server starts, and that answers in whatever protocol it is asked.</summary>
/// <remarks>
/// What is on descriptor 0 decides: a connection is served and the program ends (inetd nowait); on a listening socket it serves all that comes (inetd wait, spawn-fcgi);
/// with REQUEST_METHOD in the environment it is a plain CGI program (RFC 3875); a pipe or file holds one request. The first byte of a connection tells SCGI from FastCGI.
/// </remarks>
public static class Shim
{
    /// <summary>Serves until there is nothing more to serve.</summary>
    /// <param name="handler">Responds to one request. On a listening socket it is called on several threads at once.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The exit status of the program, as sysexits has it: 0 served, 64 started in the wrong way, 71 the system refused, 76 the peer broke the protocol.</returns>
    public static int Run(Action<CgiRequest, CgiResponse> handler, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandlerProgram.Run(handler, options, needsThreads: false);
    }

    /// <inheritdoc cref="Run(Action{CgiRequest, CgiResponse}, ShimOptions?)"/>
    public static int Run(ICgiHandler handler, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandlerProgram.Run(handler.Handle, options, needsThreads: false);
    }

    /// <summary>Serves an asynchronous handler: the response is complete when its task is, and a failure if the task fails. It costs a thread beside the one that serves.</summary>
    /// <param name="handler">Handles one request. On a listening socket it is called for several requests at once.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The exit status of the program, as sysexits has it: 0 served, 64 started in the wrong way, 71 the system refused, 76 the peer broke the protocol.</returns>
    public static int Run(Func<CgiRequest, CgiResponse, Task> handler, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandlerProgram.Run((request, response) => response.Await(handler(request, response)), options, needsThreads: true);
    }

    /// <summary>Serves the role of a FastCGI Authorizer (FastCGI 1.0 section 6.3), or nginx's auth_request: says whether a request may go on.</summary>
    /// <param name="authorizer">Looks at the request, which has no body, and calls <see cref="CgiAuthorization.Allow()"/>, or fills the response that the client gets instead. If it does neither, the client gets 403.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The exit status of the program.</returns>
    public static int RunAuthorizer(Action<CgiRequest, CgiAuthorization> authorizer, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(authorizer);
        return HandlerProgram.Run(
            (request, response) =>
            {
                var authorization = new CgiAuthorization(response);
                authorizer(request, authorization);
                authorization.Conclude();
            },
            options,
            needsThreads: false);
    }
}
