using System.IO.Compression;
using System.Text;

namespace Shims.AspNetTests.Large;

/// <summary>What visitors of the large app do: at least one visit for each part of ASP.NET Core that the app uses.</summary>
internal static class Visits
{
    private const string Json = "Content-Type: application/json";

    internal static readonly Visit[] All =
    [
        // Controllers and EF Core on SQLite.
        new("controllers and EF Core",
            new(201, "POST /api/notes") { Headers = [Json], Text = """{"name":"{id}","text":"0123456789"}""", Body = """{"name":"{id}","text":"0123456789"}""", Has = ["Location: http://localhost:{port}/api/notes/{id}"] },
            new(200, "GET /api/notes/{id}") { Body = """{"name":"{id}","text":"0123456789"}""", Has = ["Content-Type: application/json; charset=utf-8"] },
            new(206, "GET /api/notes/{id}/text") { Headers = ["Range: bytes=2-4"], Body = "234", Has = ["Content-Range: bytes 2-4/10", "Content-Disposition: attachment; filename={id}.txt"] },
            new(204, "DELETE /api/notes/{id}") { Body = "" },
            new(404, "GET /api/notes/{id}") { Has = ["Content-Type: application/problem+json", "\"status\":404"] },
            new(405, "PUT /api/notes/{id}") { Has = ["Allow: DELETE, GET"] }),
        new("a model that is not valid", new Step(400, "POST /api/notes") { Headers = [Json], Text = """{"name":""}""", Has = ["The Name field is required.", "The Text field is required."] }),
        new("JSON that is none", new Step(400, "POST /api/notes") { Headers = [Json], Text = "{", Has = ["Content-Type: application/problem+json"] }),
        new("a type that is not taken", new Step(415, "POST /api/notes") { Headers = ["Content-Type: text/css"], Text = "a", Has = ["\"status\":415"] }),
        new("an upload", new Step(200, "POST /api/notes/upload")
        {
            Headers = ["Content-Type: multipart/form-data; boundary=b"],
            Text = $"--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nmine\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n{new string('x', 100_000)}\r\n--b--\r\n",
            Body = "mine: a.txt, 100000 characters",
        }),
        new("a failure", new Step(500, "GET /api/notes/broken") { Has = ["Content-Type: application/problem+json", "An error occurred while processing your request."] }),

        // Razor Pages, and Blazor's static server rendering.
        new("Razor Pages",
            new(200, "GET /guestbook") { Has = ["<form method=\"post\">", "href=\"/Guestbook?from=here\"", "Cache-Control: no-cache, no-store"] },
            new(400, "POST /guestbook") { Form = "Name=Ada" },
            new(200, "POST /guestbook") { Form = "Name=&__RequestVerificationToken={token}", Has = ["Who are you?"] },
            new(302, "POST /guestbook") { Form = "Name=Ada&__RequestVerificationToken={token}", Has = ["Location: /Guestbook"] },
            new(200, "GET /guestbook") { Has = ["<p>Hello Ada</p>"] },
            new(200, "GET /guestbook") { Has = ["<p></p>"] }),
        new("Blazor's pages",
            new(200, "GET /blazor/hello/W%C3%B6rld?times=2") { Has = ["<title>Greeting</title>", "<p>Hello W&#xF6;rld</p><p>Hello W&#xF6;rld</p>"] },
            new(404, "GET /blazor/nothing"),
            new(302, "GET /blazor/away") { Has = ["Location: http://localhost:{port}/blazor/hello/you?times=1"] }),
        new("Blazor's streaming", new Step(200, "GET /blazor/later") { Has = ["<p>not yet</p>", "<p>here it is</p>"] }),
        new("Blazor's forms",
            new(200, "GET /blazor/order") { Has = ["<form method=\"post\"", "name=\"_handler\" value=\"order\""] },
            new(400, "POST /blazor/order") { Form = "_handler=order&Model.What=Tea" },
            new(200, "POST /blazor/order") { Form = "_handler=order&Model.What=&__RequestVerificationToken={token}", Has = ["What do you want?"] },
            new(200, "POST /blazor/order") { Form = "_handler=order&Model.What=Tea&__RequestVerificationToken={token}", Has = ["<p>ordered: Tea</p>"] }),

        // Files.
        new("static files",
            new(200, "GET /files/lines.txt") { Has = ["Content-Length: 4200", "Accept-Ranges: bytes", "Content-Type: text/plain", "199 a line of a file"] },
            new(304, "GET /files/lines.txt") { Headers = ["If-None-Match: {tag}"], Body = "" },
            new(200, "HEAD /files/lines.txt") { Body = "", Has = ["Content-Length: 4200"] },
            new(404, "GET /files/none.txt"), new(404, "GET /files/../appsettings.json"), new(404, "GET /files/%2e%2e/appsettings.json")),
        new("ranges",
            new(206, "GET /files/lines.txt") { Headers = ["Range: bytes=0-2"], Body = "000", Has = ["Content-Range: bytes 0-2/4200", "Content-Length: 3"] },
            new(206, "GET /files/lines.txt") { Headers = ["Range: bytes=-5"], Body = "file\n", Has = ["Content-Range: bytes 4195-4199/4200"] },
            new(206, "GET /files/lines.txt") { Headers = ["Range: bytes=21-23", "If-Range: {tag}"], Body = "001" },
            new(200, "GET /files/lines.txt") { Headers = ["Range: bytes=21-23", "If-Range: \"other\""] },
            new(200, "GET /files/lines.txt") { Headers = ["Range: bytes=0-1,4-5"] },
            new(416, "GET /files/lines.txt") { Headers = ["Range: bytes=4200-"], Body = "", Has = ["Content-Range: bytes */4200"] }),
        new("static assets",
            new(200, "GET /site.css") { Body = "body { margin: 0 }\n", Has = ["Content-Type: text/css"] },
            new(304, "GET /site.css") { Headers = ["If-None-Match: {tag}"] },
            new(200, "GET /site.css") { Headers = ["Accept-Encoding: gzip"], Body = "body { margin: 0 }\n", Has = ["Content-Encoding: gzip"] }),

        // What is kept for a user.
        new("session", new(200, "GET /session/a") { Body = "a ", Has = ["Set-Cookie: .AspNetCore.Session="] }, new(200, "GET /session/b") { Body = "a b " }),
        new("cookie authentication",
            new(302, "GET /private") { Has = ["Location: http://localhost:{port}/login?ReturnUrl=%2Fprivate"] },
            new(302, "POST /login") { Form = "name=Ada", Has = ["Location: /private", "Set-Cookie: .AspNetCore.Cookies="] },
            new(200, "GET /private") { Body = "for Ada alone" },
            new(302, "POST /logout") { Form = "" },
            new(302, "GET /private")),
        new("antiforgery",
            new(200, "GET /token"),
            new(400, "POST /token") { Form = "word=a" },
            new(400, "POST /token") { Form = "word=a&__RequestVerificationToken=forged" },
            new(200, "POST /token") { Form = "word=a&__RequestVerificationToken={token}", Body = "taken: a" }),

        // Middleware.
        new("response compression",
            new(200, "GET /long") { Headers = ["Accept-Encoding: gzip"], Has = ["Content-Encoding: gzip", "Vary: Accept-Encoding", "the same line again and again\nthe same"] },
            new(200, "GET /long") { Headers = ["Accept-Encoding: gzip, br"], Has = ["Content-Encoding: br"] },
            new(200, "GET /long") { Headers = ["Accept-Encoding: identity"], Has = ["the same line again and again\nthe same"] },
            new(200, "GET /long/5") { Headers = ["Accept-Encoding: gzip"], Has = ["Content-Encoding: gzip", "part 4 xxx"] },
            new(200, "GET /files/lines.txt") { Headers = ["Accept-Encoding: gzip"], Has = ["Content-Encoding: gzip", "199 a line of a file"] },
            new(200, "HEAD /long") { Headers = ["Accept-Encoding: gzip"] }),
        new("request decompression",
            new(200, "POST /plain") { Headers = ["Content-Type: text/plain", "Content-Encoding: gzip"], Bytes = Compress("unpacked"), Body = "unpacked" },
            new(200, "POST /plain") { Headers = ["Content-Type: text/plain"], Text = "as it is", Body = "as it is" }),
        new("output cache",
            new(200, "GET /cached?visitor={id}"),
            new(200, "GET /cached?visitor={id}") { Body = "{last}", Has = ["Age: "] },
            new(200, "GET /cached?visitor={id}&more=1")),
        new("rate limiting", new(200, "GET /limited?client={id}") { Body = "within the limit" }, new(200, "GET /limited?client={id}"), new(429, "GET /limited?client={id}") { Body = "" }),
        new("request timeouts", new Step(504, "GET /late")),
        new("CORS",
            new(200, "GET /friends") { Headers = ["Origin: https://friend.example"], Body = "for friends", Has = ["Access-Control-Allow-Origin: https://friend.example", "Access-Control-Allow-Credentials: true"] },
            new(204, "OPTIONS /friends") { Headers = ["Origin: https://friend.example", "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-test"], Has = ["Access-Control-Allow-Methods: PUT", "Access-Control-Allow-Headers: X-Test"] },
            new(204, "OPTIONS /friends") { Headers = ["Origin: https://stranger.example", "Access-Control-Request-Method: PUT"] }),
        new("health checks", new Step(200, "GET /healthz") { Body = "Healthy", Has = ["Cache-Control: no-store, no-cache"] }),
        new("OpenAPI", new Step(200, "GET /openapi/v1.json") { Has = ["\"openapi\": \"3.1", "\"/api/notes/{name}\"", "\"url\": \"http://localhost:{port}/\"", "\"/limited\""] }),
        new("server-sent events", new Step(200, "GET /events") { Body = "event: count\ndata: 1\n\nevent: count\ndata: 2\n\nevent: count\ndata: 3\n\n", Has = ["Content-Type: text/event-stream"] }),
    ];

    private static byte[] Compress(string text)
    {
        using var compressed = new MemoryStream();
        using (var stream = new GZipStream(compressed, CompressionLevel.Fastest))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }
}
