namespace Shims.Tests.Hosting;

public sealed class ShimTestTests
{
    [Fact]
    public void A_request_of_a_test_comes_as_a_web_server_sends_it()
    {
        var request = new ShimTestRequest("PUT", "https://localhost/app/a%20b?x=1&y=%26#part")
        {
            ScriptName = "/app",
            ContentType = "text/plain",
            Body = "body"u8.ToArray(),
            Headers = { ["X-Twice"] = "2" },
            Cookies = { ["a"] = "1", ["b"] = "2" },
            Host = "www.example:8080",
            IsHttps = true,
            RemoteUser = "ada",
        };
        ShimTestResponse response = ShimTest.Send(
            (incoming, response) => response.Write(string.Join('|', incoming.Method, incoming.ScriptName, incoming.PathInfo,
                incoming.Query["y"], incoming.ContentType,
                incoming.ContentLength, incoming.Headers["X-Twice"], incoming.Cookies["b"], incoming.Host, incoming.Scheme,
                    incoming.RemoteUser, incoming.RemoteAddress,
                new StreamReader(incoming.Body).ReadToEnd())),
            request);
        Assert.Equal("PUT|/app|/a b|&|text/plain|4|2|2|www.example:8080|https|ada|127.0.0.1|body", response.Text);
    }

    [Fact]
    public void A_response_of_a_test_is_the_one_that_goes_over_the_wire()
    {
        ShimTestResponse response = ShimTest.Send(
            (_, response) =>
            {
                response.StatusCode = 201;
                response.Headers.Add("X-A", "1");
                response.Cookies.Add("c", "v");
                response.Cookies.Delete("d");
                response.Write("grüezi");
            },
            ShimTestRequest.Get("/"));
        Assert.Equal((201, "1", "7", "text/plain; charset=utf-8", "grüezi"),
            (response.StatusCode, response["x-a"], response["Content-Length"], response["Content-Type"], response.Text));
        Assert.Equal(new Dictionary<string, string?> { ["c"] = "v", ["d"] = null }, response.Cookies);
        Assert.False(response.BrokeOff);
        Assert.Empty(response.Log);
    }

    [Fact]
    public void A_handler_that_throws_gives_the_page_of_a_client_and_the_line_of_the_log()
    {
        ShimTestResponse response = ShimTest.Send(static (_, _) => throw new InvalidOperationException("no luck"),
            ShimTestRequest.Get("/"));
        Assert.Equal(500, response.StatusCode);
        Assert.DoesNotContain("luck", response.Text);
        Assert.Contains("System.InvalidOperationException: no luck", response.Log);
        Assert.Contains(nameof(A_handler_that_throws_gives_the_page_of_a_client_and_the_line_of_the_log), response.Log);
    }

    [Fact]
    public void A_response_that_fails_after_its_beginning_breaks_off()
    {
        ShimTestResponse response = ShimTest.Send((_, response) =>
        {
            response.Write(new byte[300_000]);
            throw new InvalidOperationException("too late");
        }, ShimTestRequest.Get("/"));
        Assert.True(response.BrokeOff);
        Assert.Contains("too late", response.Log);
    }

    [Fact]
    public void A_test_has_the_limits_of_the_wire()
    {
        Action<CgiRequest, CgiResponse> read = (request, response) =>
            response.Write($"{new StreamReader(request.Body).ReadToEnd().Length}");
        var large = new ShimTestRequest("POST", "/") { Body = new byte[200_001] };
        Assert.Equal("200001", ShimTest.Send(read, large).Text);
        Assert.Equal(413, ShimTest.Send(read, large, new ShimOptions { MaxBodySize = 200_000 }).StatusCode);
        var header = new ShimTestRequest("GET", "/") { Headers = { ["X-Long"] = new string('x', 5000) } };
        Assert.Equal(400, ShimTest.Send(read, header, new ShimOptions { MaxHeaderSize = 5000 }).StatusCode);
        Assert.Equal(400, ShimTest.Send(read, new ShimTestRequest("GET", "/") { Variables = { ["A=B"] = "" } }).StatusCode);
        Assert.Equal(400, ShimTest.Send(read, new ShimTestRequest("GET", "/") { Variables = { ["CONTENT_LENGTH"] = "x" } }).StatusCode);
        ShimTestResponse announced = ShimTest.Send((_, response) =>
        {
            response.Headers["Content-Length"] = "10";
            response.Write("short");
        }, ShimTestRequest.Get("/"));
        Assert.Equal(500, announced.StatusCode);
        Assert.Contains("announced 10 bytes, and 5 were written", announced.Log);
    }

    [Fact]
    public void An_asynchronous_handler_is_awaited_with_its_uploads_and_its_output()
    {
        byte[] body = Enumerable.Range(0, 700_000).Select(i => (byte)i).ToArray();
        ShimTestResponse response = ShimTest.Send(
            async (request, response) =>
            {
                await Task.Yield();
                await request.Body.CopyToAsync(response.Body);
            },
            new ShimTestRequest("POST", "/") { Body = body });
        Assert.True(response.Body.Span.SequenceEqual(body));
    }

    [Fact]
    public void A_form_and_an_upload_are_what_a_browser_sends()
    {
        Action<CgiRequest, CgiResponse> show = (request, response) =>
        {
            using CgiForm form = request.ReadForm();
            string file = form.Files is [var only] ? $"{only.Name} {only.FileName} {new StreamReader(only.OpenRead()).ReadToEnd()}" : "";
            response.Write($"{form["a"]}|{form["b&"]}|{file}");
        };
        Assert.Equal("1 2|ü=|", ShimTest.Send(show, ShimTestRequest.Form("/", ("a", "1 2"), ("b&", "ü="))).Text);
        Assert.Equal("x||f cat.png content",
            ShimTest.Send(show, ShimTestRequest.Upload("/", "f", "cat.png", "content"u8.ToArray(), ("a", "x"))).Text);
    }

    [Fact]
    public void A_whole_program_answers_with_the_handler_and_the_options_that_it_runs()
    {
        int Program(string[] args) => Shim.Run(
            (request, response) => response.Write($"{args[0]} {request.ScriptName} {request.PathInfo}"),
            new ShimOptions { MountPath = "/blog" });
        Assert.Equal("hello /blog /x", ShimTest.Send(() => Program(["hello"]), ShimTestRequest.Get("/blog/x")).Text);
        Assert.Contains("exit status 3",
            Assert.Throws<InvalidOperationException>(() => ShimTest.Send(static () => 3, ShimTestRequest.Get("/"))).Message);
    }
}
