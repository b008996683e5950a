using Shims.Hosting;


namespace Shims;

/// <summary>The routes of a program: patterns of paths, each with a method and a handler.</summary>
/// <remarks>
/// <para>
/// A pattern is compared with <see cref="CgiRequest.PathInfo"/>, the path below the program. <c>{name}</c> stands for one part of a path,
/// <c>{id:int}</c> for one that is a number,
/// <c>{page?}</c> for one that may be missing at the end, <c>{**path}</c> for all the rest. Constraints have the names of ASP.NET Core:
/// int, long, decimal, double, bool, guid, datetime,
/// alpha, min(N), max(N), range(N,M), length(N), minlength(N), maxlength(N). Of several patterns that match, the most particular one
/// counts, in whatever order they were added.
/// Capital and small letters differ, as they do in the rules of a web server. A slash at the end of a path does not count.
/// </para>
/// <para>
/// A path that no pattern matches is a 404. One that matches with another method only is a 405 with the header Allow. HEAD is answered by
/// the handler of GET, and OPTIONS with Allow,
/// unless there is a route for them.
/// </para>
/// </remarks>
/// <example><code>
/// return Shim.Run(app =>
/// {
///     app.MapGet("/", (request, response) => response.Write("hello\n"));
///     app.MapGet&lt;int&gt;("/notes/{id}", (request, response, id) => response.Write($"note {id}\n"));
///     app.MapPost("/notes", (request, response) => response.Redirect(request.AppUrl("/")));
/// });
/// </code></example>
public sealed class ShimApp
{
    private readonly RouteTable _routes = new();

    internal ShimApp()
    {
    }

    /// <summary>True if a handler is asynchronous.</summary>
    internal bool NeedsThreads { get; private set; }

    /// <summary>Adds a handler for GET and a pattern.</summary>
    /// <param name="pattern">The pattern of the path, such as <c>/notes/{id:int}</c>. The values of its parameters are in
    /// <see cref="CgiRequest.RouteValues"/>.</param>
    /// <param name="handler">Responds to a request that matches.</param>
    /// <exception cref="ArgumentException">The pattern is malformed, or there is a route for it and this method already.</exception>
    /// <example><code>
    /// app.MapGet("/files/{**path}", (request, response) => response.SendFile(request.RouteValues["path"]!, root: "/srv/files"));
    /// </code></example>
    public void MapGet(string pattern, Action<CgiRequest, CgiResponse> handler) => MapMethods(pattern, ["GET"], handler);

    /// <inheritdoc cref="MapGet(string, Action{CgiRequest, CgiResponse})"/>
    public void MapGet(string pattern, Func<CgiRequest, CgiResponse, Task> handler) => MapMethods(pattern, ["GET"], handler);

    /// <summary>
    /// Adds a handler for GET and a pattern with one parameter, whose value it gets. A value that is not of this type does not match.
    /// </summary>
    /// <typeparam name="T">A number, Guid, DateOnly, string, or another type that reads itself from text.</typeparam>
    /// <inheritdoc cref="MapGet(string, Action{CgiRequest, CgiResponse})" path="/param|/exception"/>
    /// <example><code>
    /// app.MapGet&lt;DateOnly&gt;("/diary/{day}", (request, response, day) => response.Write($"{day:yyyy-MM-dd}\n"));
    /// </code></example>
    public void MapGet<T>(string pattern, Action<CgiRequest, CgiResponse, T> handler)
        where T : ISpanParsable<T> => Add(pattern, ["GET"], handler);

    /// <inheritdoc cref="MapGet{T}(string, Action{CgiRequest, CgiResponse, T})"/>
    public void MapGet<T>(string pattern, Func<CgiRequest, CgiResponse, T, Task> handler)
        where T : ISpanParsable<T> => Add(pattern, ["GET"], Awaited(handler));

    /// <summary>Adds a handler for POST and a pattern.</summary>
    /// <inheritdoc cref="MapGet(string, Action{CgiRequest, CgiResponse})" path="/param|/exception"/>
    /// <example><code>
    /// app.MapPost("/notes", (request, response) =>
    /// {
    ///     using CgiForm form = request.ReadVerifiedForm();
    ///     response.Redirect(request.AppUrl("/"));
    /// });
    /// </code></example>
    public void MapPost(string pattern, Action<CgiRequest, CgiResponse> handler) => MapMethods(pattern, ["POST"], handler);

    /// <inheritdoc cref="MapPost(string, Action{CgiRequest, CgiResponse})"/>
    public void MapPost(string pattern, Func<CgiRequest, CgiResponse, Task> handler) => MapMethods(pattern, ["POST"], handler);

    /// <summary>
    /// Adds a handler for POST and a pattern with one parameter, whose value it gets. A value that is not of this type does not match.
    /// </summary>
    /// <inheritdoc cref="MapGet{T}(string, Action{CgiRequest, CgiResponse, T})" path="/typeparam|/param|/exception"/>
    public void MapPost<T>(string pattern, Action<CgiRequest, CgiResponse, T> handler)
        where T : ISpanParsable<T> => Add(pattern, ["POST"], handler);

    /// <inheritdoc cref="MapPost{T}(string, Action{CgiRequest, CgiResponse, T})"/>
    public void MapPost<T>(string pattern, Func<CgiRequest, CgiResponse, T, Task> handler)
        where T : ISpanParsable<T> => Add(pattern, ["POST"], Awaited(handler));

    /// <summary>Adds a handler for PUT and a pattern.</summary>
    /// <inheritdoc cref="MapGet(string, Action{CgiRequest, CgiResponse})" path="/param|/exception"/>
    /// <example><code>
    /// app.MapPut&lt;int&gt;("/notes/{id}", (request, response, id) => response.StatusCode = 204);
    /// </code></example>
    public void MapPut(string pattern, Action<CgiRequest, CgiResponse> handler) => MapMethods(pattern, ["PUT"], handler);

    /// <inheritdoc cref="MapPut(string, Action{CgiRequest, CgiResponse})"/>
    public void MapPut(string pattern, Func<CgiRequest, CgiResponse, Task> handler) => MapMethods(pattern, ["PUT"], handler);

    /// <summary>
    /// Adds a handler for PUT and a pattern with one parameter, whose value it gets. A value that is not of this type does not match.
    /// </summary>
    /// <inheritdoc cref="MapGet{T}(string, Action{CgiRequest, CgiResponse, T})" path="/typeparam|/param|/exception"/>
    public void MapPut<T>(string pattern, Action<CgiRequest, CgiResponse, T> handler)
        where T : ISpanParsable<T> => Add(pattern, ["PUT"], handler);

    /// <inheritdoc cref="MapPut{T}(string, Action{CgiRequest, CgiResponse, T})"/>
    public void MapPut<T>(string pattern, Func<CgiRequest, CgiResponse, T, Task> handler)
        where T : ISpanParsable<T> => Add(pattern, ["PUT"], Awaited(handler));

    /// <summary>Adds a handler for PATCH and a pattern.</summary>
    /// <inheritdoc cref="MapGet(string, Action{CgiRequest, CgiResponse})" path="/param|/exception"/>
    /// <example><code>
    /// app.MapPatch&lt;int&gt;("/notes/{id}", (request, response, id) => response.StatusCode = 204);
    /// </code></example>
    public void MapPatch(string pattern, Action<CgiRequest, CgiResponse> handler) => MapMethods(pattern, ["PATCH"], handler);

    /// <inheritdoc cref="MapPatch(string, Action{CgiRequest, CgiResponse})"/>
    public void MapPatch(string pattern, Func<CgiRequest, CgiResponse, Task> handler) => MapMethods(pattern, ["PATCH"], handler);

    /// <summary>
    /// Adds a handler for PATCH and a pattern with one parameter, whose value it gets. A value that is not of this type does not match.
    /// </summary>
    /// <inheritdoc cref="MapGet{T}(string, Action{CgiRequest, CgiResponse, T})" path="/typeparam|/param|/exception"/>
    public void MapPatch<T>(string pattern, Action<CgiRequest, CgiResponse, T> handler)
        where T : ISpanParsable<T> => Add(pattern, ["PATCH"], handler);

    /// <inheritdoc cref="MapPatch{T}(string, Action{CgiRequest, CgiResponse, T})"/>
    public void MapPatch<T>(string pattern, Func<CgiRequest, CgiResponse, T, Task> handler)
        where T : ISpanParsable<T> => Add(pattern, ["PATCH"], Awaited(handler));

    /// <summary>Adds a handler for DELETE and a pattern.</summary>
    /// <inheritdoc cref="MapGet(string, Action{CgiRequest, CgiResponse})" path="/param|/exception"/>
    /// <example><code>
    /// app.MapDelete&lt;Guid&gt;("/notes/{id}", (request, response, id) => response.StatusCode = 204);
    /// </code></example>
    public void MapDelete(string pattern, Action<CgiRequest, CgiResponse> handler) => MapMethods(pattern, ["DELETE"], handler);

    /// <inheritdoc cref="MapDelete(string, Action{CgiRequest, CgiResponse})"/>
    public void MapDelete(string pattern, Func<CgiRequest, CgiResponse, Task> handler) => MapMethods(pattern, ["DELETE"], handler);

    /// <summary>
    /// Adds a handler for DELETE and a pattern with one parameter, whose value it gets. A value that is not of this type does not match.
    /// </summary>
    /// <inheritdoc cref="MapGet{T}(string, Action{CgiRequest, CgiResponse, T})" path="/typeparam|/param|/exception"/>
    public void MapDelete<T>(string pattern, Action<CgiRequest, CgiResponse, T> handler)
        where T : ISpanParsable<T> => Add(pattern, ["DELETE"], handler);

    /// <inheritdoc cref="MapDelete{T}(string, Action{CgiRequest, CgiResponse, T})"/>
    public void MapDelete<T>(string pattern, Func<CgiRequest, CgiResponse, T, Task> handler)
        where T : ISpanParsable<T> => Add(pattern, ["DELETE"], Awaited(handler));

    /// <summary>Adds a handler for several methods and a pattern.</summary>
    /// <param name="pattern">As for <see cref="MapGet(string, Action{CgiRequest, CgiResponse})"/>.</param>
    /// <param name="methods">The methods, in capital letters.</param>
    /// <param name="handler">Responds to a request that matches.</param>
    /// <exception cref="ArgumentException">The pattern is malformed, or there is a route for it and one of the methods already.</exception>
    /// <example><code>
    /// app.MapMethods("/calendar", ["PROPFIND", "REPORT"], (request, response) => response.StatusCode = 207);
    /// </code></example>
    public void MapMethods(string pattern, IEnumerable<string> methods, Action<CgiRequest, CgiResponse> handler)
    {
        ArgumentNullException.ThrowIfNull(methods);
        ArgumentNullException.ThrowIfNull(handler);
        var parsed = RoutePattern.Parse(pattern);
        foreach (string method in methods)
            _routes.Add(new Route(method, parsed, _ => handler));
    }

    /// <inheritdoc cref="MapMethods(string, IEnumerable{string}, Action{CgiRequest, CgiResponse})"/>
    public void MapMethods(string pattern, IEnumerable<string> methods, Func<CgiRequest, CgiResponse, Task> handler) =>
        MapMethods(pattern, methods, Awaited(handler));

    /// <summary>Sets the handler of every path that no pattern matches, in the place of a 404.</summary>
    /// <param name="handler">Responds to the request, and decides about the status.</param>
    /// <example><code>
    /// app.MapFallback((request, response) =>
    /// {
    ///     response.StatusCode = 404;
    ///     response.WriteHtml($"&lt;p&gt;There is no {request.PathInfo}.&lt;/p&gt;");
    /// });
    /// </code></example>
    public void MapFallback(Action<CgiRequest, CgiResponse> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _routes.Fallback = handler;
    }

    /// <inheritdoc cref="MapFallback(Action{CgiRequest, CgiResponse})"/>
    public void MapFallback(Func<CgiRequest, CgiResponse, Task> handler) => MapFallback(Awaited(handler));

    /// <inheritdoc cref="RouteTable.Handle"/>
    internal void Handle(CgiRequest request, CgiResponse response) => _routes.Handle(request, response);

    private Action<CgiRequest, CgiResponse> Awaited(Func<CgiRequest, CgiResponse, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        NeedsThreads = true;
        return (request, response) => response.Await(handler(request, response));
    }

    private Action<CgiRequest, CgiResponse, T> Awaited<T>(Func<CgiRequest, CgiResponse, T, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        NeedsThreads = true;
        return (request, response, value) => response.Await(handler(request, response, value));
    }

    private void Add<T>(string pattern, string[] methods, Action<CgiRequest, CgiResponse, T> handler)
        where T : ISpanParsable<T>
    {
        ArgumentNullException.ThrowIfNull(handler);
        var parsed = RoutePattern.Parse(pattern);
        if (parsed.Parameters is not [var name] || parsed.HasOptional)
        {
            throw new ArgumentException(
                $"The handler of the route {pattern} takes one value, so the pattern has to have one parameter that is not optional.",
                nameof(pattern));
        }
        foreach (string method in methods)
            _routes.Add(new Route(method, parsed, Bind));

        Action<CgiRequest, CgiResponse>? Bind(ValueCollection values) =>
            T.TryParse(values[name], null, out T? value) ? (request, response) => handler(request, response, value) : null;
    }
}
