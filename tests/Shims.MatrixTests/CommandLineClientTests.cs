using System.Text;

namespace Shims.MatrixTests;

/// <summary>cgi-fcgi as an administrator uses it to try a FastCGI program by hand.</summary>
public sealed class CommandLineClientTests
{
    [Fact]
    public async Task Cgi_fcgi_shows_a_page_of_a_running_program()
    {
        ScriptReply reply = await AskAsync("page.cgi", "REQUEST_METHOD=GET", "QUERY_STRING=by%20hand");
        Assert.Equal((200, "A page: by%20hand\n"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Cgi_fcgi_passes_its_standard_input_on()
    {
        ScriptReply reply = await AskAsync("echo.cgi", "REQUEST_METHOD=POST", "CONTENT_LENGTH=5", "CONTENT_TYPE=text/plain");
        Assert.Equal((200, "12345"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Cgi_fcgi_shows_what_is_wrong_with_a_request()
    {
        ScriptReply reply = await AskAsync("missing.cgi", "REQUEST_METHOD=GET");
        Assert.Equal(404, reply.Status);
        Assert.Contains("Request id: ", reply.Body, StringComparison.Ordinal);
    }

    private static async Task<ScriptReply> AskAsync(string script, params IEnumerable<string> variables)
    {
        Requires.Tools("cgi-fcgi");
        using Installation installation = await Installation.WithScriptsAsync(RunningFronts.Scripts);
        await using Backend backend = Backend.Start(installation.AddressOf("/usr/local/libexec/fcgi-run"), installation.AddressOf("/run/shims/fcgi.sock"), installation.AddressOf("/srv/cgi-bin"), []);
        string input = installation.Folder.Write("input", "12345");
        string said = await Command.RunAsync("sh", ["-c", $"exec cgi-fcgi -bind -connect {installation.AddressOf("/run/shims/fcgi.sock")} <{input}"],
            environment: [.. variables, $"SCRIPT_FILENAME={installation.AddressOf("/srv/cgi-bin")}/{script}"]);
        return ScriptReply.Parse(Encoding.UTF8.GetBytes(said));
    }
}
