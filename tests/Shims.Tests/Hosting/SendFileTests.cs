using System.Globalization;
using Shims.Testing;

namespace Shims.Tests.Hosting;

public sealed class SendFileTests : IDisposable
{
    private const string Content = "0123456789";

    private static readonly DateTime s_time = new(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private readonly TemporaryFolder _folder = new();
    private readonly string _root;

    public SendFileTests()
    {
        _folder.Write("root/a.txt", Content);
        _folder.Write("root/sub/b.css", "b {}");
        _folder.Write("root/.hidden", "secret");
        _folder.Write("secret.txt", "secret");
        _root = _folder.PathTo("root");
        File.SetLastWriteTimeUtc(Path.Combine(_root, "a.txt"), s_time.AddMilliseconds(7));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_has_its_type_its_length_and_its_validators()
    {
        ShimTestResponse response = Get("a.txt");
        Assert.Equal((200, Content, "10", "text/plain; charset=utf-8"),
            (response.StatusCode, response.Text, response["Content-Length"], response["Content-Type"]));
        Assert.Equal(("Tue, 03 Feb 2026 04:05:06 GMT", "bytes", "nosniff"),
            (response["Last-Modified"], response["Accept-Ranges"], response["X-Content-Type-Options"]));
        Assert.Matches("^\"[0-9a-f.-]+\"$", response["ETag"]);
        Assert.Equal("text/css; charset=utf-8", Get("sub/b.css")["Content-Type"]);
    }

    [Theory]
    [InlineData("../secret.txt")]
    [InlineData("sub/../../secret.txt")]
    [InlineData("sub/../a.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("//etc/passwd")]
    [InlineData("sub//b.css")]
    [InlineData(".hidden")]
    [InlineData("sub/")]
    [InlineData("sub")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("nothing.txt")]
    [InlineData("a.txt/")]
    [InlineData("a.txt\0.css")]
    [InlineData("link-out.txt")]
    [InlineData("link-dir/secret.txt")]
    [InlineData("pipe")]
    public void A_path_that_is_not_a_file_in_the_folder_is_a_404(string path)
    {
        File.CreateSymbolicLink(Path.Combine(_root, "link-out.txt"), _folder.PathTo("secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "link-dir"), _folder.Path);
        Directory.CreateDirectory(_folder.PathTo("root2"));
        NamedPipe.Make(Path.Combine(_root, "pipe"));
        ShimTestResponse response = Get(path);
        Assert.True(response.StatusCode == 404, $"{response.StatusCode} {response.Text} {response.Log}");
        Assert.DoesNotContain("secret", response.Text + response.Log);
    }

    [Theory]
    [InlineData("link-to-hidden")]
    [InlineData("link-to-folder/s")]
    [InlineData("nothing.txt")]
    public void A_hidden_file_behind_a_link_is_not_there_and_the_log_has_no_line(string path)
    {
        _folder.Write("root/.hid/s", "secret");
        File.CreateSymbolicLink(Path.Combine(_root, "link-to-hidden"), ".hid/s");
        Directory.CreateSymbolicLink(Path.Combine(_root, "link-to-folder"), ".hid");
        ShimTestResponse response = Get(path);
        Assert.Equal((404, ""), (response.StatusCode, response.Log));
        Assert.DoesNotContain("secret", response.Text);
        Action<CgiRequest, CgiResponse> other = (_, _) => throw new BadRequestException(404, "other");
        Assert.NotEqual("", ShimTest.Send(other, ShimTestRequest.Get("/")).Log);
    }

    [Fact]
    public void A_link_inside_the_folder_is_followed_and_the_folder_may_be_behind_one()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "sub/link.txt"), "../a.txt");
        Directory.CreateSymbolicLink(_folder.PathTo("root-link"), _root);
        Assert.Equal(Content, Get("sub/link.txt").Text);
        Assert.Equal(Content,
            ShimTest.Send((_, response) => response.SendFile("a.txt", root: _folder.PathTo("root-link/")), ShimTestRequest.Get("/")).Text);
        // root2 begins with the name of the folder and is not in it.
        _folder.Write("root2/c.txt", "secret");
        File.CreateSymbolicLink(Path.Combine(_root, "c.txt"), _folder.PathTo("root2/c.txt"));
        Assert.Equal(404, Get("c.txt").StatusCode);
    }

    [Fact]
    public void A_relative_file_is_beside_the_program_and_an_absolute_one_may_be_too()
    {
        string file = Path.GetFileName(typeof(SendFileTests).Assembly.Location);
        byte[] expected = File.ReadAllBytes(typeof(SendFileTests).Assembly.Location);
        foreach (string path in new[] { file, Path.Combine(Shim.Directory, file) })
        {
            ShimTestResponse response = ShimTest.Send((_, response) => response.SendFile(path), ShimTestRequest.Get("/"));
            Assert.True(response.Body.Span.SequenceEqual(expected), path);
        }
    }

    [Fact]
    public void A_browser_that_has_the_file_gets_a_304()
    {
        string tag = Get("a.txt")["ETag"]!;
        Assert.Equal(304, Get("a.txt", ("If-None-Match", tag)).StatusCode);
        Assert.Equal(304, Get("a.txt", ("If-None-Match", $"\"other\", W/{tag}")).StatusCode);
        Assert.Equal(304, Get("a.txt", ("If-None-Match", "*")).StatusCode);
        Assert.Equal(200, Get("a.txt", ("If-None-Match", "\"other\"")).StatusCode);
        Assert.Equal(304, Get("a.txt", ("If-Modified-Since", Date(0))).StatusCode);
        Assert.Equal(304, Get("a.txt", ("If-Modified-Since", "Tuesday, 03-Feb-26 04:05:06 GMT")).StatusCode);
        Assert.Equal(200, Get("a.txt", ("If-Modified-Since", Date(-1))).StatusCode);
        // The tag decides if there is one. RFC 9110 section 13.1.3.
        Assert.Equal(200, Get("a.txt", ("If-None-Match", "\"other\""), ("If-Modified-Since", Date(0))).StatusCode);
        ShimTestResponse unchanged = Get("a.txt", ("If-None-Match", tag));
        Assert.Equal(("", tag, null), (unchanged.Text, unchanged["ETag"], unchanged["Content-Length"]));
    }

    [Fact]
    public void A_file_that_has_changed_has_another_tag()
    {
        string tag = Get("a.txt")["ETag"]!;
        _folder.Write("root/a.txt", "9876543210");
        Assert.NotEqual(tag, Get("a.txt")["ETag"]);
        Assert.Equal(412, Get("a.txt", ("If-Match", tag)).StatusCode);
        Assert.Equal(412, Get("a.txt", ("If-Unmodified-Since", Date(0))).StatusCode);
        Assert.Equal(200, Get("a.txt", ("If-Match", Get("a.txt")["ETag"]!)).StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-0", 206, "0", "bytes 0-0/10")]
    [InlineData("bytes=2-4", 206, "234", "bytes 2-4/10")]
    [InlineData("bytes=7-", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=7-100", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=7-9223372036854775807", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-3", 206, "789", "bytes 7-9/10")]
    [InlineData("bytes=-100", 206, Content, "bytes 0-9/10")]
    [InlineData("bytes=10-", 416, "", "bytes */10")]
    [InlineData("bytes=-0", 416, "", "bytes */10")]
    [InlineData("bytes=4-2", 200, Content, null)]
    [InlineData("bytes=0-1,3-4", 200, Content, null)]
    [InlineData("lines=0-1", 200, Content, null)]
    [InlineData("nonsense", 200, Content, null)]
    public void A_part_of_the_file_is_sent_if_it_is_asked_for(string range, int status, string body, string? contentRange)
    {
        ShimTestResponse response = Get("a.txt", ("Range", range));
        Assert.Equal((status, body, contentRange), (response.StatusCode, response.Text, response["Content-Range"]));
    }

    [Fact]
    public void A_part_is_sent_only_of_the_file_that_the_browser_knows()
    {
        string tag = Get("a.txt")["ETag"]!;
        Assert.Equal("2", Get("a.txt", ("Range", "bytes=2-2"), ("If-Range", tag)).Text);
        Assert.Equal("2", Get("a.txt", ("Range", "bytes=2-2"), ("If-Range", Date(0))).Text);
        Assert.Equal(Content, Get("a.txt", ("Range", "bytes=2-2"), ("If-Range", "\"other\"")).Text);
        Assert.Equal(Content, Get("a.txt", ("Range", "bytes=2-2"), ("If-Range", "W/" + tag)).Text);
        Assert.Equal(Content, Get("a.txt", ("Range", "bytes=2-2"), ("If-Range", Date(-1))).Text);
    }

    [Fact]
    public void HEAD_has_the_header_of_the_whole_file_and_POST_is_not_conditional()
    {
        var head = new ShimTestRequest("HEAD", "/") { Headers = { ["Range"] = "bytes=1-2" } };
        ShimTestResponse response = Send("a.txt", head);
        Assert.Equal((200, "", "10"), (response.StatusCode, response.Text, response["Content-Length"]));
        var post = new ShimTestRequest("POST", "/") { Headers = { ["If-None-Match"] = "*" } };
        Assert.Equal((200, Content), (Send("a.txt", post).StatusCode, Send("a.txt", post).Text));
    }

    [Fact]
    public void A_large_file_is_sent_in_pieces_byte_for_byte_and_an_empty_one_too()
    {
        byte[] large = new byte[300_000];
        new Random(7).NextBytes(large);
        File.WriteAllBytes(Path.Combine(_root, "large.bin"), large);
        _folder.Write("root/empty.json", "");
        Assert.True(Get("large.bin").Body.Span.SequenceEqual(large));
        Assert.True(Get("large.bin", ("Range", "bytes=70000-199999")).Body.Span.SequenceEqual(large.AsSpan(70_000, 130_000)));
        ShimTestResponse empty = Get("empty.json");
        Assert.Equal((200, "", "0", "application/json"), (empty.StatusCode, empty.Text, empty["Content-Length"], empty["Content-Type"]));
        Assert.Equal(416, Get("empty.json", ("Range", "bytes=0-")).StatusCode);
    }

    [Fact]
    public void A_status_and_headers_that_were_set_before_are_kept()
    {
        ShimTestResponse page = ShimTest.Send(
            (_, response) =>
            {
                response.StatusCode = 404;
                response.Headers["Cache-Control"] = "no-store";
                response.SendFile("a.txt", root: _root, contentType: "text/x-own");
            },
            new ShimTestRequest("GET", "/") { Headers = { ["If-None-Match"] = "*", ["Range"] = "bytes=1-1" } });
        Assert.Equal((404, Content, "no-store", "text/x-own"), (page.StatusCode, page.Text, page["Cache-Control"], page["Content-Type"]));
    }

    [Fact]
    public void A_file_to_be_saved_has_its_name_in_ASCII_and_in_full()
    {
        ShimTestResponse response = ShimTest.Send((_, response) =>
            response.SendFile("a.txt", root: _root, downloadName: "Käse \"1\".txt"), ShimTestRequest.Get("/"));
        Assert.StartsWith("attachment; filename=", response["Content-Disposition"]);
        Assert.Contains("filename*=UTF-8''K%C3%A4se%20%221%22.txt", response["Content-Disposition"]);
    }

    private static string Date(int seconds) => s_time.AddSeconds(seconds).ToString("R", CultureInfo.InvariantCulture);

    private ShimTestResponse Get(string path, params (string Name, string Value)[] headers)
    {
        var request = ShimTestRequest.Get("/");
        foreach ((string name, string value) in headers)
            request.Headers[name] = value;
        return Send(path, request);
    }

    private ShimTestResponse Send(string path, ShimTestRequest request) =>
        ShimTest.Send((_, response) => response.SendFile(path, root: _root), request);
}
