using Shims.Hosting;


namespace Shims;

/// <summary>Sends a request to a handler in a test: without a server and without a process, with the checks that the wire has.</summary>
/// <remarks>
/// The handler runs on the thread of the test; an exception of it becomes the page that a client would get, and its message and stack are
/// in <see cref="ShimTestResponse.Log"/>.
/// Lines that it prints to the console are there too. A time limit (<see cref="ShimOptions.HandlerTimeout"/>) is not applied, and neither
/// is the environment (SHIMS_*).
/// </remarks>
/// <example><code>
/// ShimTestResponse page = ShimTest.Send(
///     (request, response) => response.Write($"Hello, {request.Query["name"]}!"),
///     ShimTestRequest.Get("/?name=Ada"));
/// Debug.Assert(page.StatusCode == 200 &amp;&amp; page.Text == "Hello, Ada!");
/// </code></example>
public static class ShimTest
{
    /// <summary>Sends a request to a handler.</summary>
    /// <param name="handler">Responds to the request.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The response, complete or broken off.</returns>
    public static ShimTestResponse Send(Action<CgiRequest, CgiResponse> handler, ShimTestRequest request, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return TestServer.Send(handler, request, options);
    }

    /// <inheritdoc cref="Send(Action{CgiRequest, CgiResponse}, ShimTestRequest, ShimOptions?)"/>
    public static ShimTestResponse Send(Func<CgiRequest, CgiResponse, Task> handler, ShimTestRequest request, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return TestServer.Send((incoming, response) => response.Await(handler(incoming, response)), request, options);
    }

    /// <inheritdoc cref="Send(Action{CgiRequest, CgiResponse}, ShimTestRequest, ShimOptions?)"/>
    public static ShimTestResponse Send(ICgiHandler handler, ShimTestRequest request, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return TestServer.Send(handler.Handle, request, options);
    }

    /// <summary>Sends a request to the routes of a program.</summary>
    /// <param name="routes">Adds the routes.</param>
    /// <param name="request">The request.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <returns>The response, complete or broken off.</returns>
    /// <exception cref="ArgumentException">A route is malformed, or there twice.</exception>
    /// <example><code>
    /// ShimTestResponse note = ShimTest.Send(
    ///     app => app.MapGet&lt;int&gt;("/notes/{id}", (request, response, id) => response.Write($"note {id}")),
    ///     ShimTestRequest.Get("/notes/7"));
    /// Debug.Assert(note.Text == "note 7");
    /// </code></example>
    public static ShimTestResponse Send(Action<ShimApp> routes, ShimTestRequest request, ShimOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(routes);
        var app = new ShimApp();
        routes(app);
        return TestServer.Send(app.Handle, request, options);
    }

    /// <summary>
    /// Sends a request to a whole program, as it is: its call of <see cref="Shim"/> takes this one request and nothing from standard input.
    /// </summary>
    /// <param name="program">Runs the program on this thread, up to the call of <see cref="Shim"/> and to its end.</param>
    /// <param name="request">The request.</param>
    /// <returns>The response, complete or broken off.</returns>
    /// <exception cref="InvalidOperationException">The program has not called <see cref="Shim"/>.</exception>
    /// <example><code>
    /// // A program with statements at the top level has no name; its assembly knows it.
    /// MethodInfo main = Assembly.Load("notes").EntryPoint!;
    /// ShimTestResponse page = ShimTest.Send(() => (int)main.Invoke(null, [new string[] { "/tmp/test.db" }])!, ShimTestRequest.Get("/"));
    /// Debug.Assert(page.StatusCode == 200);
    /// </code></example>
    public static ShimTestResponse Send(Func<int> program, ShimTestRequest request)
    {
        ArgumentNullException.ThrowIfNull(program);
        var tested = TestedProgram.Run(program);
        return TestServer.Send(tested.Handler!, request, tested.Options);
    }
}
