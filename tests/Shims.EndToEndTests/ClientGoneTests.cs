using System.Globalization;

namespace Shims.EndToEndTests;

/// <summary>A browser that leaves must not leave anything running behind.</summary>
public sealed class ClientGoneTests
{
    private static readonly string s_marker = "alive";

    // A script of either kind notes its process before it says anything.
    private static Dictionary<string, string> Scripts(string file) => new()
    {
        ["talking.cgi"] = $$"""
            #!/bin/sh
            echo $$ > {{file}}
            printf 'Content-Type: text/plain\n\n'
            while echo {{s_marker}}; do sleep 0.05; done
            """,
        ["silent.cgi"] = $$"""
            #!/bin/sh
            echo $$ > {{file}}
            printf 'Content-Type: text/plain\n\n{{s_marker}}\n'
            exec sleep 600
            """,
    };

    [Theory]
    [InlineData("scgi-run", "unix")]
    [InlineData("scgi-run", "unix wait")]
    [InlineData("scgi-run", "tcp")]
    [InlineData("fcgi-run", "unix")]
    [InlineData("fcgi-run", "unix wait")]
    [InlineData("fcgi-run", "tcp")]
    public Task A_script_that_writes_ends_when_the_browser_leaves(string program, string connection) =>
        Leave(program, connection, "/talking", "");

    // In plain exec no process is left to notice: docs/how-it-runs.md, scgi-run(8).
    [Theory]
    [InlineData("scgi-run", "unix", "--mode supervise")]
    [InlineData("scgi-run", "tcp", "--mode supervise")]
    [InlineData("scgi-run", "unix", "--mode relay")]
    [InlineData("scgi-run", "unix wait", "")]
    [InlineData("fcgi-run", "unix", "")]
    [InlineData("fcgi-run", "tcp", "")]
    [InlineData("fcgi-run", "unix wait", "")]
    public Task A_silent_script_is_ended_when_the_browser_leaves(string program, string connection, string options) =>
        Leave(program, connection, "/silent", options);

    private static async Task Leave(string program, string connection, string path, string options)
    {
        using var folder = new TemporaryFolder();
        string file = folder.PathTo("process");
        await using Site site = await Site.StartAsync(Gateway.Named(program), connection, Scripts(file), options, unbuffered: true);
        using (Connection browser = await site.Browser.OpenAsync("GET", path))
            await browser.ReceiveUntilAsync(s_marker);
        int process = int.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), CultureInfo.InvariantCulture);
        await Patience.UntilAsync(() => !Directory.Exists($"/proc/{process}"), "the script has ended");
    }
}
