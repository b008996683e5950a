using System.Runtime.ExceptionServices;
using Shims.Diagnostics;
using Shims.Hosting;

namespace Shims;

/// <summary>Makes a program of a handler: one that inetd, systemd or a web server starts, and that answers in whatever protocol it is asked.</summary>
/// <remarks>
/// What is on descriptor 0 decides: a connection is served and the program ends (inetd nowait); on a listening socket it serves all that comes (inetd wait, spawn-fcgi);
/// with REQUEST_METHOD in the environment it is a plain CGI program (RFC 3875); a pipe or file holds one request. The first byte of a connection tells SCGI from FastCGI.
/// </remarks>
/// <example><code>
/// #!/usr/bin/env dotnet
/// #:package Shims@*
/// using Shims;
///
/// return Shim.Run((request, response) => response.Write($"Hello, {request.Query["name"] ?? "world"}!\n"));
/// </code></example>
public static class Shim
{
    /// <summary>
    /// The folder of the program, or of its source if it is a file-based app that has not been published: the place of files that come with
    /// it, such as a style sheet.
    /// </summary>
    /// <example><code>
    /// string[] words = File.ReadAllLines(Path.Combine(Shim.Directory, "words.txt"));
    /// </code></example>
    public static string Directory => ProgramFolders.Program;

    /// <summary>
    /// The folder for what the program keeps: databases, uploads, the key of signed cookies. It is made if need be, and only this user may
    /// write to it.
    /// </summary>
    /// <remarks>
    /// The first of: <c>SHIMS_STATE</c>; <c>STATE_DIRECTORY</c>, which systemd sets for <c>StateDirectory=</c>; <c>/var/lib/shims/NAME</c>,
    /// if it is there or can be made;
    /// <c>shims/NAME</c> in <c>XDG_STATE_HOME</c> or in <c>~/.local/state</c>. NAME is that of the program.
    /// </remarks>
    /// <exception cref="ShimException">There is none of these, or others may write to it.</exception>
    /// <example><code>
    /// string database = Path.Combine(Shim.StateDirectory, "notes.db");
    /// </code></example>
    public static string StateDirectory => ProgramFolders.State;

    /// <summary>Serves until there is nothing more to serve.</summary>
    /// <param name="handler">Responds to one request. On a listening socket it is called on several threads at once.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The exit status of the program, as sysexits has it: 0 served, 64 started in the wrong way, 71 the system refused, 76 the peer broke the protocol.</returns>
    /// <remarks>
    /// For a handler with <c>await</c> in it there is an overload: <see cref="Run(Func{CgiRequest, CgiResponse, Task}, ShimOptions?)"/>;
    /// for several paths, <see cref="Run(Action{ShimApp}, ShimOptions?)"/>.
    /// </remarks>
    /// <example><code>
    /// return Shim.Run((request, response) =>
    /// {
    ///     response.ContentType = "text/plain; charset=utf-8";
    ///     response.Write($"You asked for {request.PathInfo}.\n");
    /// });
    /// </code></example>
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
    /// <example><code>
    /// var client = new HttpClient();
    /// return Shim.Run(async (request, response) =>
    ///     response.Write(await client.GetStringAsync("http://127.0.0.1:8081/", request.Aborted)));
    /// </code></example>
    public static int Run(Func<CgiRequest, CgiResponse, Task> handler, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return HandlerProgram.Run((request, response) => response.Await(handler(request, response)), options, needsThreads: true);
    }

    /// <summary>Serves several paths and methods, each with a handler of its own, synchronous or asynchronous.</summary>
    /// <param name="routes">Adds the routes. If it throws, that is the failure of every request.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The exit status of the program, as sysexits has it: 0 served, 64 started in the wrong way, 71 the system refused, 76 the peer broke the protocol.</returns>
    /// <example><code>
    /// return Shim.Run(app =>
    /// {
    ///     app.MapGet("/", (request, response) => response.WriteHtml($"&lt;p&gt;Hello, {request.Query["name"]}!&lt;/p&gt;"));
    ///     app.MapGet&lt;int&gt;("/square/{number}", (request, response, number) => response.Write($"{number * number}\n"));
    /// });
    /// </code></example>
    public static int Run(Action<ShimApp> routes, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var app = new ShimApp();
        try
        {
            routes(app);
        }
        catch (Exception exception)
        {
            var failure = ExceptionDispatchInfo.Capture(exception);
            return HandlerProgram.Run((_, _) => failure.Throw(), options, needsThreads: false);
        }
        return HandlerProgram.Run(app.Handle, options, app.NeedsThreads);
    }

    /// <summary>Serves, with the options of the gateways on the command line.</summary>
    /// <param name="args">The command line. The options <c>--errors</c>, <c>--stderr</c>, <c>--log-format</c>, <c>--access-log</c>,
    /// <c>--trust-request-id</c>, <c>--status-path</c>, <c>--ping-path</c>, <c>--mount</c>, <c>--timeout</c>,
    /// <c>--header-timeout</c>, <c>--idle</c>, <c>--finish-time</c>,
    /// <c>--max-header</c>, <c>--max-body</c>, <c>--max</c>, <c>--listen</c>, <c>--socket-mode</c>, <c>--allow-root</c>, <c>--allow-from</c> and, at the start, <c>--options</c> FILE are applied and removed; so is a word
    /// <c>--</c>, after which nothing is.</param>
    /// <param name="handler">Responds to one request. On a listening socket it is called on several threads at once.</param>
    /// <param name="options">The options of the program, which the environment (SHIMS_*) and the command line win over; null for the
    /// defaults.</param>
    /// <returns>The exit status of the program, as sysexits has it: 0 served, 64 started in the wrong way, 71 the system refused, 76 the peer broke the protocol.</returns>
    /// <remarks>
    /// A web server that starts the program as CGI, such as Apache, passes the words of a query without an equals sign as arguments (RFC
    /// 3875 section 4.4). They are removed; a request whose words cannot be told from the administrator's gets 400. Do not read the
    /// arguments before.
    /// </remarks>
    /// <example><code>
    /// // hello --idle 60 --max-body 1M: standard input is the socket.
    /// return Shim.Run(ref args, (request, response) => response.Write("hello\n"));
    /// </code></example>
    public static int Run(ref string[] args, Action<CgiRequest, CgiResponse> handler, ShimOptions? options = null) =>
        TakeOptions(ref args, ref options) is { } status ? status : Run(handler, options);

    /// <inheritdoc cref="Run(ref string[], Action{CgiRequest, CgiResponse}, ShimOptions?)"/>
    public static int Run(ref string[] args, Func<CgiRequest, CgiResponse, Task> handler, ShimOptions? options = null) =>
        TakeOptions(ref args, ref options) is { } status ? status : Run(handler, options);

    /// <summary>Serves several paths and methods, with the options of the gateways on the command line.</summary>
    /// <param name="args">As for <see cref="Run(ref string[], Action{CgiRequest, CgiResponse}, ShimOptions?)"/>. They are removed before
    /// the routes are added.</param>
    /// <param name="routes">Adds the routes. If it throws, that is the failure of every request.</param>
    /// <param name="options">The options of the program, which the environment (SHIMS_*) and the command line win over; null for the
    /// defaults.</param>
    /// <returns>The exit status of the program, as sysexits has it: 0 served, 64 started in the wrong way, 71 the system refused, 76 the peer broke the protocol.</returns>
    /// <example><code>
    /// // notes --idle 60 /srv/notes: the folder is what is left of the command line.
    /// return Shim.Run(ref args, app =>
    /// {
    ///     string folder = args is [var first, ..] ? first : Shim.StateDirectory;
    ///     app.MapGet("/{name}", (request, response) => response.SendFile(request.RouteValues["name"]!, root: folder));
    /// });
    /// </code></example>
    public static int Run(ref string[] args, Action<ShimApp> routes, ShimOptions? options = null) =>
        TakeOptions(ref args, ref options) is { } status ? status : Run(routes, options);

    /// <summary>Serves the role of a FastCGI Authorizer (FastCGI 1.0 section 6.3), or nginx's auth_request: says whether a request may go on.</summary>
    /// <param name="authorizer">Looks at the request, which has no body, and calls <see cref="CgiAuthorization.Allow()"/>, or fills the response that the client gets instead. If it does neither, the client gets 403.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The exit status of the program.</returns>
    /// <example><code>
    /// return Shim.RunAuthorizer((request, authorization) =>
    /// {
    ///     if (request.SignedCookies["user"] is { } user)
    ///         authorization.Allow("REMOTE_USER", user);
    ///     else
    ///         authorization.Response.Redirect("/login");
    /// });
    /// </code></example>
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

    /// <summary>Serves the role of a FastCGI Authorizer, with the options of the gateways on the command line.</summary>
    /// <param name="args">As for <see cref="Run(ref string[], Action{CgiRequest, CgiResponse}, ShimOptions?)"/>.</param>
    /// <param name="authorizer">As for <see cref="RunAuthorizer(Action{CgiRequest, CgiAuthorization}, ShimOptions?)"/>.</param>
    /// <param name="options">The options of the program, which the environment (SHIMS_*) and the command line win over; null for the
    /// defaults.</param>
    /// <returns>The exit status of the program.</returns>
    /// <example><code>
    /// return Shim.RunAuthorizer(ref args, (request, authorization) =>
    /// {
    ///     if (args.Contains(request.RemoteAddress))
    ///         authorization.Allow();
    /// });
    /// </code></example>
    public static int RunAuthorizer(ref string[] args, Action<CgiRequest, CgiAuthorization> authorizer, ShimOptions? options = null) =>
        TakeOptions(ref args, ref options) is { } status ? status : RunAuthorizer(authorizer, options);

    /// <returns>The exit status if the command line is wrong, or the request was refused; else null.</returns>
    private static int? TakeOptions(ref string[] args, ref ShimOptions? options)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (!QueryWords.TryTakeOut(ref args))
            return HandlerProgram.Run(static (_, _) => throw new BadRequestException(400, QueryWords.Refusal), options, needsThreads: false);
        try
        {
            options = ShimSettings.Take(ref args, options ?? new ShimOptions());
            return null;
        }
        catch (ShimException exception)
        {
            // Under inetd descriptor 2 is the client's connection.
            StandardError.Secure("shims"u8);
            Log.WriteLine(exception.Message);
            return (int)exception.ExitCode;
        }
    }
}
