using Shims.Cgi;
using Shims.Posix;

namespace Shims.Tests.Cgi;

public sealed class ScriptUrlTests
{
    private const string Top = "/srv/top";

    private const string AwkwardPathInfo = "/a b/\xC3\xA9\xE2\x82\xAC/c/d/~x;y=1,2+3@z";

    public static TheoryData<string, string> Recorded { get; } = [.. RecordedRequest.All];

    [Fact]
    public void The_tests_of_script_URLs_try_all_24_recorded_configurations() => Assert.Equal(24, RecordedRequest.All.Select(recorded => recorded.Server).Distinct().Count());

    [Theory, MemberData(nameof(Recorded))]
    public void A_URL_is_divided_the_same_whichever_web_server_sent_it(string server, string request)
    {
        string script = request is "post" or "chunked" ? "post.cgi" : "env.cgi";
        // The path that leads to the script is sent by the web server; where that is mod_proxy_scgi's, it goes too far.
        string rest = server == "apache-scgi" && request == RecordedRequest.Awkward ? "/a b/\xC3\xA9\xE2\x82\xAC" : "";
        (string name, string pathInfo) = Split(RecordedRequest.Of(server, request, Top), $"{Top}/www/cap-bin/{script}", rest);
        Assert.Equal($"/cap-bin/{script}", name);
        Assert.Equal(request == RecordedRequest.Awkward ? AwkwardPathInfo : "", pathInfo);
    }

    [Theory, MemberData(nameof(Recorded))]
    public void The_script_URL_is_divided_the_same_for_the_one_script_of_a_command_line(string server, string request)
    {
        string script = request is "post" or "chunked" ? "post.cgi" : "env.cgi";
        (string name, string pathInfo) = Split(RecordedRequest.Of(server, request, Top), $"/opt/elsewhere/{script}", "");
        Assert.Equal($"/cap-bin/{script}", name);
        Assert.Equal(request == RecordedRequest.Awkward ? AwkwardPathInfo : "", pathInfo);
    }

    [Theory]
    // nginx without a split, SCRIPT_NAME is the whole path
    [InlineData("/cgi/a.cgi/x", "/cgi/a.cgi/x", "", "/x", "/cgi/a.cgi", "/x")]
    [InlineData("/cgi/a.cgi", "/cgi/a.cgi", "", "", "/cgi/a.cgi", "")]
    // nginx with a split
    [InlineData("/cgi/a.cgi/x", "/cgi/a.cgi", "/x", "", "/cgi/a.cgi", "/x")]
    // one script mounted at a folder of the site: its own file name is not in the URL
    [InlineData("/stats/x/y?z", "/stats", "/x/y", "", "/stats", "/x/y")]
    [InlineData("/stats", "/stats", "", "", "/stats", "")]
    [InlineData("/stats/", "/stats", "/", "", "/stats", "/")]
    // at the root of the site
    [InlineData("/x/y", "", "/x/y", "", "", "/x/y")]
    // /blog is not the mount point of /blog2
    [InlineData("/blog2/x", "/blog", "2/x", "", "/blog", "2/x")]
    // encoded in SCRIPT_NAME's part
    [InlineData("/c%67i/a.cgi/x", "/cgi/a.cgi", "/x", "", "/cgi/a.cgi", "/x")]
    // PATH_INFO stays encoded on the way
    [InlineData("/cgi/a.cgi/a%20b", "/cgi/a.cgi", "/a%20b", "", "/cgi/a.cgi", "/a b")]
    [InlineData("/cgi/a.cgi/a%2Fb", "/cgi/a.cgi", "/a%2Fb", "", "/cgi/a.cgi", "/a/b")]
    // what was decoded once is not decoded twice
    [InlineData("/cgi/a.cgi/100%2525", "/cgi/a.cgi", "/100%25", "", "/cgi/a.cgi", "/100%25")]
    [InlineData("/cgi/a.cgi/%2541", "/cgi/a.cgi", "/%41", "", "/cgi/a.cgi", "/%41")]
    // after a rewrite the URL does not agree: what the server says is believed
    [InlineData("/pretty/7", "/cgi/a.cgi", "/x/7", "", "/cgi/a.cgi", "/x/7")]
    [InlineData("/pretty/7", "/cgi/a.cgi", "", "", "/cgi/a.cgi", "")]
    // a URL that is no path
    [InlineData("*", "/cgi/a.cgi", "", "", "/cgi/a.cgi", "")]
    [InlineData("http://h/cgi/a.cgi/x", "/cgi/a.cgi", "/x", "", "/cgi/a.cgi", "/x")]
    [InlineData("", "/cgi/a.cgi", "/x", "", "/cgi/a.cgi", "/x")]
    // the query is not the path, whatever is in it
    [InlineData("/cgi/a.cgi?/x", "/cgi/a.cgi", "", "", "/cgi/a.cgi", "")]
    [InlineData("/cgi/a.cgi/x?/a.cgi/y", "/cgi/a.cgi", "/x", "", "/cgi/a.cgi", "/x")]
    // mod_proxy_scgi's PATH_INFO=/ for none, and a slash that was really there
    [InlineData("/cgi/a.cgi", "/cgi/a.cgi", "/", "", "/cgi/a.cgi", "")]
    [InlineData("/cgi/a.cgi/", "/cgi/a.cgi", "/", "", "/cgi/a.cgi", "/")]
    // empty components and dots, which HAProxy and Caddy leave in
    [InlineData("/cgi/a.cgi/x//y/", "/cgi/a.cgi", "/x//y/", "", "/cgi/a.cgi", "/x//y/")]
    [InlineData("/cgi//a.cgi//x", "/cgi//a.cgi", "//x", "", "/cgi//a.cgi", "//x")]
    // the script's name once more in what follows
    [InlineData("/cgi/a.cgi/a.cgi/x", "/cgi/a.cgi", "/a.cgi/x", "", "/cgi/a.cgi", "/a.cgi/x")]
    [InlineData("/cgi/a.cgi/a.cgi/x", "/cgi/a.cgi/a.cgi/x", "", "/a.cgi/x", "/cgi/a.cgi", "/a.cgi/x")]
    [InlineData("/cgi/a.cgi/a.cgi", "/cgi/a.cgi/a.cgi", "", "/a.cgi", "/cgi/a.cgi", "/a.cgi")]
    // after a rewrite without a split, what followed the script's file is no part of its name
    [InlineData("/pretty", "/cgi/a.cgi/x", "", "/x", "/cgi/a.cgi", "/x")]
    public void Divides_at_the_script(string uri, string sentName, string sentPathInfo, string rest, string name, string pathInfo)
    {
        var request = new RequestBlock { { "REQUEST_URI", uri }, { "SCRIPT_NAME", sentName }, { "PATH_INFO", sentPathInfo } };
        Assert.Equal((name, pathInfo), Split(request, "/srv/cgi/a.cgi", rest));
    }

    [Fact]
    public void SCRIPT_NAME_is_taken_from_the_URL_if_it_was_not_sent()
    {
        Assert.Equal(("/cgi/a.cgi", ""), Split(new RequestBlock { { "REQUEST_URI", "/cgi/a.cgi?q" } }, "/srv/cgi/a.cgi", ""));
        Assert.Equal(("/cgi/a.cgi", "/x"), Split(new RequestBlock { { "REQUEST_URI", "/cgi/a.cgi/x" }, { "PATH_INFO", "/x" } }, "/srv/cgi/a.cgi", ""));
        Assert.Equal(("/cgi/a.cgi", "/x"), Split(new RequestBlock { { "REQUEST_URI", "/cgi/a.cgi/x" } }, "/srv/cgi/a.cgi", "/x"));
        Assert.Equal(("/cgi/a.cgi", "/x"), Split(new RequestBlock { { "DOCUMENT_URI", "/cgi/a.cgi/x" }, { "PATH_INFO", "/x" } }, "/srv/cgi/a.cgi", ""));
    }

    [Theory]
    [InlineData("/scripts/a.cgi/x", "/scripts", "/a.cgi/x", "/x", "/scripts/a.cgi", "/x")]
    [InlineData("/scripts/sub/a.cgi", "/scripts", "/sub/a.cgi", "", "/scripts/sub/a.cgi", "")]
    [InlineData("/scripts/a.cgi/x%20y?q", "/scripts", "/a.cgi/x%20y", "/x y", "/scripts/a.cgi", "/x y")]
    [InlineData("", "/scripts", "/a.cgi/x", "/x", "/scripts/a.cgi", "/x")]
    [InlineData("/a.cgi/a.cgi/x", "", "/a.cgi/a.cgi/x", "/a.cgi/x", "/a.cgi", "/a.cgi/x")]
    public void The_script_URL_is_divided_within_PATH_INFO_if_a_directory_is_mounted(string uri, string sentName, string sentPathInfo, string rest, string name, string pathInfo)
    {
        var request = new RequestBlock { { "REQUEST_URI", uri }, { "SCRIPT_NAME", sentName }, { "PATH_INFO", sentPathInfo } };
        Assert.Equal((name, pathInfo), Split(request, "/srv/cgi/a.cgi", rest, isInPathInfo: true));
    }

    [Theory]
    [InlineData("/cgi/a.cgi/x%00LD_PRELOAD=evil", "/cgi/a.cgi", "/x%00LD_PRELOAD=evil", "")]
    [InlineData("/cgi/a.cgi/x%00LD_PRELOAD=evil", "/cgi/a.cgi", "", "/x%00LD_PRELOAD=evil")]
    [InlineData("/cgi/a.cgi/x%00LD_PRELOAD=evil", "", "", "")]
    [InlineData("/%00LD_PRELOAD=evil", "", "/%00LD_PRELOAD=evil", "")]
    [InlineData("/cgi%00A=b/a.cgi", "", "", "")]
    public void The_script_URL_never_contains_a_NUL_made_of_percent_signs(string uri, string sentName, string sentPathInfo, string rest)
    {
        var request = new RequestBlock { { "REQUEST_URI", uri }, { "SCRIPT_NAME", sentName }, { "PATH_INFO", sentPathInfo } };
        (string name, string pathInfo) = Split(request, "/srv/cgi/a.cgi", rest);
        Assert.DoesNotContain('\0', name);
        Assert.DoesNotContain('\0', pathInfo);
    }

    [Fact]
    public void A_URL_of_ten_thousand_segments_is_divided()
    {
        string pathInfo = string.Concat(Enumerable.Repeat("/s", 10_000));
        var request = new RequestBlock { { "REQUEST_URI", "/cgi/a.cgi" + pathInfo }, { "SCRIPT_NAME", "/cgi/a.cgi" }, { "PATH_INFO", pathInfo } };
        Assert.Equal(("/cgi/a.cgi", pathInfo), Split(request, "/srv/cgi/a.cgi", ""));
    }

    [Fact]
    public void SCRIPT_NAME_and_PATH_INFO_are_taken_as_sent_if_there_is_no_memory_to_decode_the_URL()
    {
        Arena table = Arena.Create(1 << 16), memory = Arena.Create(8);
        var request = new RequestBlock { { "REQUEST_URI", "/cgi/a.cgi/x%20y" }, { "SCRIPT_NAME", "/cgi/a.cgi" }, { "PATH_INFO", "/x y" } };
        ScriptUrl url = ScriptUrl.Split(request.Table(ref table), "/srv/cgi/a.cgi"u8, default, isInPathInfo: false, ref memory);
        Assert.Equal("/cgi/a.cgi", Latin1.Text(url.ScriptName));
        Assert.Equal("/x y", Latin1.Text(url.PathInfo));
        memory.Release();
        table.Release();
    }

    private static (string Name, string PathInfo) Split(RequestBlock request, string script, string rest, bool isInPathInfo = false)
    {
        Arena memory = Arena.Create(1 << 20);
        ScriptUrl url = ScriptUrl.Split(request.Table(ref memory), Latin1.Bytes(script), Latin1.Bytes(rest), isInPathInfo, ref memory);
        (string, string) parts = (Latin1.Text(url.ScriptName), Latin1.Text(url.PathInfo));
        memory.Release();
        return parts;
    }
}
