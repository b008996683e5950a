namespace Shims.Tests.Hosting;

public sealed class RouteTests
{
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("/notes", "/notes", "")]
    [InlineData("/notes", "/notes/", "")]
    [InlineData("/notes/", "/notes", "")]
    [InlineData("/notes/{id}", "/notes/a b", "id=a b")]
    [InlineData("/notes/{id:int}", "/notes/-7", "id=-7")]
    [InlineData("/{year:int}/{title}", "/2026/milk", "year=2026 title=milk")]
    [InlineData("/{name}.css", "/note.css", "name=note")]
    [InlineData("/v{version:int}/x", "/v2/x", "version=2")]
    [InlineData("/list/{page?}", "/list", "")]
    [InlineData("/list/{page?}", "/list/2", "page=2")]
    [InlineData("/files/{**path}", "/files/a/b/", "path=a/b/")]
    [InlineData("/files/{*path}", "/files", "path=")]
    [InlineData("/{id:range(1,9)}", "/9", "id=9")]
    [InlineData("/{id:int:min(5)}", "/5", "id=5")]
    [InlineData("/{name:alpha:length(3)}", "/abZ", "name=abZ")]
    [InlineData("/{id:guid}", "/7d41b838-e2c0-4f0e-9f4e-000000000001", "id=7d41b838-e2c0-4f0e-9f4e-000000000001")]
    public void A_path_that_matches_gives_the_values_of_the_parameters(string pattern, string path, string expected) =>
        Assert.Equal((200, expected), Ask(pattern, path));

    [Theory]
    [InlineData("/", "/x")]
    [InlineData("/", "//")]
    [InlineData("/notes", "/Notes")]
    [InlineData("/notes", "/notes//")]
    [InlineData("/notes", "/notes/1")]
    [InlineData("/notes/{id}", "/notes")]
    [InlineData("/notes/{id}", "/notes/")]
    [InlineData("/a/{id}/b", "/a//b")]
    [InlineData("/notes/{id:int}", "/notes/99999999999")]
    [InlineData("/notes/{id:int}", "/notes/ 7")]
    [InlineData("/{name}.css", "/.css")]
    [InlineData("/{id:range(1,9)}", "/10")]
    [InlineData("/{name:alpha}", "/a_b")]
    [InlineData("/{name:maxlength(2)}", "/abc")]
    public void A_path_that_does_not_match_is_a_404(string pattern, string path) => Assert.Equal(404, Ask(pattern, path).Status);

    [Theory]
    [InlineData("notes")]
    [InlineData("/{id")]
    [InlineData("/id}")]
    [InlineData("/{a}{b}")]
    [InlineData("/{}")]
    [InlineData("/{id:nothing}")]
    [InlineData("/{id:min(x)}")]
    [InlineData("/{a?}/b")]
    [InlineData("/{**a}/b")]
    [InlineData("/x{**a}")]
    [InlineData("/{a}/{a}")]
    public void A_malformed_pattern_is_refused_when_it_is_added(string pattern) =>
        Assert.Throws<ArgumentException>(() => Send(app => app.MapGet(pattern, Values), "GET", "/"));

    [Fact]
    public void The_path_of_the_program_itself_is_the_route_of_a_slash()
    {
        var request = new ShimTestRequest("GET", "/app") { ScriptName = "/app" };
        Assert.Equal("root", ShimTest.Send(app => app.MapGet("/", (_, response) => response.Write("root")), request).Text);
    }

    [Fact]
    public void A_pattern_is_added_once_for_a_method()
    {
        ArgumentException twice = Assert.Throws<ArgumentException>(() => Send(
            app =>
            {
                app.MapGet("/a", Values);
                app.MapPost("/a", Values);
                app.MapGet("/a", Values);
            }, "GET", "/a"));
        Assert.Contains("There is a route GET /a already.", twice.Message);
    }

    [Theory]
    [InlineData("/notes/new", "text")]
    [InlineData("/notes/7", "number")]
    [InlineData("/notes/7.txt", "with text")]
    [InlineData("/notes/milk", "any")]
    [InlineData("/notes/a/b", "rest")]
    public void The_most_particular_pattern_counts_in_whatever_order_they_were_added(string path, string expected)
    {
        (string Pattern, string Text)[] routes =
        [
            ("/notes/{**rest}", "rest"), ("/notes/{id}", "any"), ("/notes/{id:int}", "number"), ("/notes/{id}.txt", "with text"),
                ("/notes/new", "text"),
        ];
        foreach (IEnumerable<(string Pattern, string Text)> order in new[] { routes, routes.Reverse() })
        {
            ShimTestResponse response = Send(
                app =>
                {
                    foreach ((string pattern, string text) in order)
                        app.MapGet(pattern, (_, response) => response.Write(text));
                }, "GET", path);
            Assert.Equal(expected, response.Text);
        }
    }

    [Fact]
    public void A_handler_gets_the_value_of_its_type_and_other_values_do_not_match()
    {
        Action<ShimApp> routes = app =>
        {
            app.MapGet<int>("/n/{id}", (_, response, id) => response.Write($"{id + 1}"));
            app.MapPost<DateOnly>("/d/{day}", (_, response, day) => response.Write($"{day.AddDays(1):yyyy-MM-dd}"));
            app.MapDelete<string>("/s/{name}", (_, response, name) => response.Write(name));
        };
        Assert.Equal("8", Send(routes, "GET", "/n/7").Text);
        Assert.Equal(404, Send(routes, "GET", "/n/seven").StatusCode);
        Assert.Equal("2024-02-29", Send(routes, "POST", "/d/2024-02-28").Text);
        Assert.Equal("a&b", Send(routes, "DELETE", "/s/a%26b").Text);
        Assert.Throws<ArgumentException>(() => Send(app => app.MapGet<int>("/n", (_, _, _) => { }), "GET", "/n"));
        Assert.Throws<ArgumentException>(() => Send(app => app.MapGet<int>("/n/{a?}", (_, _, _) => { }), "GET", "/n"));
    }

    [Fact]
    public void A_method_that_no_route_of_the_path_has_is_a_405_with_those_that_are_allowed()
    {
        Action<ShimApp> routes = app =>
        {
            app.MapGet("/a", Values);
            app.MapPost("/{any}", Values);
            app.MapMethods("/b", ["PROPFIND"], Values);
        };
        ShimTestResponse refused = Send(routes, "DELETE", "/a");
        Assert.Equal((405, "GET, HEAD, OPTIONS, POST"), (refused.StatusCode, refused["Allow"]));
        ShimTestResponse options = Send(routes, "OPTIONS", "/a");
        Assert.Equal((204, "GET, HEAD, OPTIONS, POST", ""), (options.StatusCode, options["Allow"], options.Text));
        Assert.Equal("OPTIONS, POST, PROPFIND", Send(routes, "GET", "/b")["Allow"]);
        Assert.Equal(404, Send(routes, "OPTIONS", "/a/b").StatusCode);
    }

    [Fact]
    public void HEAD_is_answered_by_the_handler_of_GET_without_its_body()
    {
        ShimTestResponse head = Send(app => app.MapGet("/a", (_, response) => response.Write("hello")), "HEAD", "/a");
        Assert.Equal((200, "", "5"), (head.StatusCode, head.Text, head["Content-Length"]));
        Assert.Equal(405, Send(app => app.MapPost("/a", Values), "HEAD", "/a").StatusCode);
        Action<ShimApp> own = app =>
        {
            app.MapGet("/a", Values);
            app.MapMethods("/a", ["HEAD"], (_, response) => response.StatusCode = 204);
        };
        Assert.Equal(204, Send(own, "HEAD", "/a").StatusCode);
    }

    [Fact]
    public void A_fallback_gets_the_paths_that_no_route_matches_and_no_other()
    {
        Action<ShimApp> routes = app =>
        {
            app.MapFallback((request, response) => response.Write($"no {request.PathInfo}"));
            app.MapGet("/a", Values);
        };
        Assert.Equal("no /b", Send(routes, "GET", "/b").Text);
        Assert.Equal(405, Send(routes, "PUT", "/a").StatusCode);
    }

    [Fact]
    public void An_asynchronous_handler_of_a_route_is_awaited()
    {
        Action<ShimApp> routes = app => app.MapGet<int>("/{count}", async (_, response, count) =>
        {
            await Task.Yield();
            response.Write(new string('x', count));
        });
        Assert.Equal(200_000, Send(routes, "GET", "/200000").Body.Length);
    }

    [Fact]
    public void A_page_that_is_not_there_shows_the_routes_to_a_developer_and_to_no_one_else()
    {
        Action<ShimApp> routes = app => app.MapGet("/notes/{id:int}", Values);
        Assert.Equal("404 Not Found\n", Send(routes, "GET", "/x").Text);
        string page = ShimTest.Send(routes, ShimTestRequest.Get("/x"), new ShimOptions { ErrorsTo = ErrorAudience.Browser }).Text;
        Assert.Contains("No route matches GET /x.", page);
        Assert.Contains("  GET /notes/{id:int}\n", page);
    }

    [Fact]
    public void Routes_that_cannot_be_added_are_the_failure_of_each_request()
    {
        ShimTestResponse response = ShimTest.Send(() => Shim.Run(app => app.MapGet("bad", Values)), ShimTestRequest.Get("/"));
        Assert.Equal(500, response.StatusCode);
        Assert.Contains("The route \"bad\" does not begin with a slash.", response.Log);
    }

    [Theory]
    [InlineData("", "/", "/")]
    [InlineData("", "", "/")]
    [InlineData("/app", "", "/app")]
    [InlineData("/app", "/", "/app/")]
    [InlineData("/app", "/notes?page=2#x", "/app/notes?page=2#x")]
    [InlineData("/app", "?page=2", "/app?page=2")]
    [InlineData("/a b/ü%", "/x", "/a%20b/%C3%BC%25/x")]
    [InlineData("", "//evil.example/", "/evil.example/")]
    [InlineData("", "/\\evil.example/", "/evil.example/")]
    [InlineData("//evil.example", "/x", "/evil.example/x")]
    [InlineData("", "/\t/evil.example", "/%09/evil.example")]
    [InlineData("", "/\t\\evil.example", "/%09%5Cevil.example")]
    [InlineData("", "/\n/evil.example", "/%0A/evil.example")]
    [InlineData("/\t/evil.example", "/x", "/%09/evil.example/x")]
    [InlineData("/app", "/a b\u007f?c d", "/app/a%20b%7F?c%20d")]
    [InlineData("/app", "/a..b/...?../x#/..", "/app/a..b/...?../x#/..")]
    [Trait("fault", "Q6")]
    public void The_URL_of_a_page_begins_with_the_path_of_the_program_and_never_names_a_host(string scriptName, string path,
        string expected)
    {
        var request = new ShimTestRequest("GET",
            "/")
        { Variables = { ["SCRIPT_NAME"] = scriptName, ["PATH_INFO"] = "", ["REQUEST_URI"] = "" } };
        Assert.Equal(expected, ShimTest.Send((incoming, response) => response.Write(incoming.AppUrl(path)), request).Text);
    }

    [Fact]
    public void The_values_in_the_URL_of_a_page_are_encoded()
    {
        var request = new ShimTestRequest("GET", "/app/x") { ScriptName = "/app" };
        string url = ShimTest.Send((incoming, response) =>
            response.Write(incoming.AppUrl($"/{"a/b&c"}/{7}?d={new DateOnly(2026, 2, 3):yyyy-MM-dd}")), request).Text;
        Assert.Equal("/app/a%2Fb%26c/7?d=2026-02-03", url);
        Assert.Contains("begins with a slash", ShimTest.Send((incoming, _) => incoming.AppUrl("notes"), request).Log);
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("%2E%2e")]
    [InlineData(".%2e")]
    public void The_URL_of_a_page_leads_to_no_folder_above_it(string part)
    {
        var request = new ShimTestRequest("GET", "/app/x") { ScriptName = "/app" };
        string log = ShimTest.Send((incoming, _) => incoming.AppUrl("/a/" + part + "/b"), request).Log;
        Assert.Contains("A part of the path of a page is", log);
        log = ShimTest.Send((incoming, response) => response.Write(incoming.AppUrl($"/a/{part}")), request).Log;
        // A value is encoded, and so is its percent sign.
        Assert.Equal(!part.Contains('%'), log.Contains("A part of the path of a page is", StringComparison.Ordinal));
    }

    private static (int Status, string Text) Ask(string pattern, string path)
    {
        ShimTestResponse response = Send(app => app.MapGet(pattern, Values), "GET",
            Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal));
        return (response.StatusCode, response.Text);
    }

    private static void Values(CgiRequest request, CgiResponse response) =>
        response.Write(string.Join(' ', request.RouteValues.Select(value => $"{value.Key}={value.Value}")));

    private static ShimTestResponse Send(Action<ShimApp> routes, string method, string url) =>
        ShimTest.Send(routes, new ShimTestRequest(method, url));
}
