namespace Shims.Tests.Hosting;

[Collection(StateFolder.Name)]
public sealed class AntiforgeryTests
{
    private const string Field = "__RequestVerificationToken";

    private static readonly Action<ShimApp> s_routes = app =>
    {
        app.MapGet("/", (_, response) => response.WriteHtml($"<form method=\"post\">{response.AntiforgeryField()}</form>"));
        app.MapPost("/", (request, response) =>
        {
            using CgiForm form = request.ReadVerifiedForm();
            response.Write($"taken {form["a"]}");
        });
        app.MapPost("/api", (request, response) =>
        {
            request.VerifyAntiforgery(request.Headers["RequestVerificationToken"]);
            response.Write("taken");
        });
    };

    [Fact]
    public void A_form_from_a_page_of_the_program_is_taken()
    {
        ShimTestResponse page = Get();
        Assert.Matches($"<input type=\"hidden\" name=\"{Field}\" value=\"[A-Za-z0-9_-]{{43}}\">", page.Text);
        Assert.Equal("taken 1", Send(ShimTestRequest.Form("/", ("a", "1"), (Field, page.AntiforgeryToken!)), page).Text);
        Assert.Equal("taken x",
            ShimTest.Send(s_routes, ShimTestRequest.Upload("/", "f", "a", "b"u8.ToArray(), ("a", "x")).From(page)).Text);
        Assert.Equal("taken", ShimTest.Send(s_routes, new ShimTestRequest("POST", "/api").From(page)).Text);
    }

    [Fact]
    public void A_form_without_the_token_or_with_that_of_another_browser_is_refused()
    {
        ShimTestResponse page = Get(), other = Get();
        Assert.NotEqual(page.AntiforgeryToken, other.AntiforgeryToken);
        Assert.Equal(400, Send(ShimTestRequest.Form("/", ("a", "1")), page).StatusCode);
        Assert.Equal(400, Send(ShimTestRequest.Form("/", (Field, other.AntiforgeryToken!)), page).StatusCode);
        Assert.Equal(400, Send(ShimTestRequest.Form("/", (Field, "")), page).StatusCode);
        ShimTestResponse refused = ShimTest.Send(s_routes, ShimTestRequest.Form("/", (Field, page.AntiforgeryToken!)));
        Assert.Equal(400, refused.StatusCode);
        Assert.Contains("the antiforgery cookie is missing", refused.Log);
        Assert.Equal(400, Send(new ShimTestRequest("POST", "/api"), page).StatusCode);
    }

    [Fact]
    public void A_token_of_one_user_is_not_valid_for_another()
    {
        ShimTestResponse page = ShimTest.Send(s_routes, new ShimTestRequest("GET", "/") { RemoteUser = "ada" });
        (string, string) field = (Field, page.AntiforgeryToken!);
        ShimTestRequest As(string? user)
        {
            var form = ShimTestRequest.Form("/", field);
            return new ShimTestRequest("POST", "/") { ContentType = form.ContentType, Body = form.Body, RemoteUser = user }.From(page);
        }
        Assert.Equal(200, ShimTest.Send(s_routes, As("ada")).StatusCode);
        Assert.Equal(400, ShimTest.Send(s_routes, As("eve")).StatusCode);
        Assert.Equal(400, ShimTest.Send(s_routes, As(null)).StatusCode);
    }

    [Fact]
    public void A_browser_keeps_its_cookie_and_two_forms_of_a_page_have_one_token()
    {
        ShimTestResponse page = Get();
        ShimTestResponse again = ShimTest.Send(
            (_, response) => response.WriteHtml($"{response.AntiforgeryField()}|{response.AntiforgeryToken()}"),
                ShimTestRequest.Get("/").From(page));
        Assert.Empty(again.Cookies);
        Assert.EndsWith("|" + page.AntiforgeryToken, again.Text);
        ShimTestResponse secure = ShimTest.Send(s_routes, new ShimTestRequest("GET", "/") { IsHttps = true });
        Assert.StartsWith("__Host-antiforgery-", secure["Set-Cookie"]);
        Assert.Contains("; Secure; HttpOnly", secure["Set-Cookie"]);
    }

    [Fact]
    public void A_page_for_one_visitor_is_not_kept_unless_the_handler_says_so()
    {
        Action<CgiResponse>[] personal =
        [
            response => response.AntiforgeryToken(), response => response.AntiforgeryField(), response => response.TakeMessages(),
            response => response.AddMessage("x"), response => response.Cookies.AddSigned("user", "ada"),
        ];
        foreach (Action<CgiResponse> use in personal)
        {
            Assert.Equal("no-store", ShimTest.Send((_, response) => use(response), ShimTestRequest.Get("/"))["Cache-Control"]);
            Assert.Equal("private", ShimTest.Send((_, response) =>
            {
                use(response);
                response.Headers.Add("cache-control", "private");
            }, ShimTestRequest.Get("/"))["Cache-Control"]);
        }
        Assert.Null(ShimTest.Send((_, response) => response.Cookies.Add("theme", "dark"), ShimTestRequest.Get("/"))["Cache-Control"]);
    }

    [Fact]
    public void Messages_are_shown_once_on_the_page_after_a_redirect()
    {
        Action<ShimApp> routes = app =>
        {
            app.MapPost("/", (request, response) =>
            {
                response.AddMessage("Saved <1>.");
                response.AddMessage("And\nmore.");
                response.Redirect(request.AppUrl("/"));
            });
            app.MapGet("/", (_, response) => response.Write(string.Join('|', response.TakeMessages())));
        };
        ShimTestResponse sent = ShimTest.Send(routes, new ShimTestRequest("POST", "/"));
        Assert.Equal((303, "/"), (sent.StatusCode, sent["Location"]));
        ShimTestResponse page = ShimTest.Send(routes, ShimTestRequest.Get("/").From(sent));
        Assert.Equal("Saved <1>.|And\nmore.", page.Text);
        Assert.Null(Assert.Single(page.Cookies).Value);
        Assert.Equal("", ShimTest.Send(routes, ShimTestRequest.Get("/").From(sent).From(page)).Text);
        // Two posts before a page.
        ShimTestResponse second = ShimTest.Send(routes, new ShimTestRequest("POST", "/").From(sent));
        Assert.Equal(4, ShimTest.Send(routes, ShimTestRequest.Get("/").From(second)).Text.Split('|').Length);
    }

    [Fact]
    public void Old_messages_make_room_for_new_ones_and_a_message_has_a_limit()
    {
        ShimTestResponse sent = ShimTest.Send((_, response) =>
        {
            for (int i = 0; i < 5; i++)
                response.AddMessage($"{i}{new string('x', 900)}");
        }, ShimTestRequest.Get("/"));
        Assert.Equal(200, sent.StatusCode);
        string[] taken = [];
        ShimTest.Send((_, response) => taken = [.. response.TakeMessages()], ShimTestRequest.Get("/").From(sent));
        Assert.Equal(['3', '4'], taken.Select(message => message[0]));
        Assert.Contains("A message has up to 1024 bytes",
            ShimTest.Send((_, response) => response.AddMessage(new string('x', 1025)), ShimTestRequest.Get("/")).Log);
    }

    private static ShimTestResponse Get() => ShimTest.Send(s_routes, ShimTestRequest.Get("/"));

    private static ShimTestResponse Send(ShimTestRequest request, ShimTestResponse page)
    {
        request.From(page);
        // The token is to come from the form.
        request.Headers.Clear();
        return ShimTest.Send(s_routes, request);
    }
}
