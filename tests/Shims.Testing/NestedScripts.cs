using Xunit;

namespace Shims.Testing;

/// <summary>A folder of scripts as Debian's packages make it: one in the folder itself, the others each in the folder of its package, one of them called like its folder.</summary>
public static class NestedScripts
{
    private const UnixFileMode OpenToAll = (UnixFileMode)0b111_101_101;

    /// <summary>The scripts, as they are called below the folder.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "awstats.pl", "man/man2html", "nagios4/status.cgi", "lightsquid/index.cgi", "nut/upsstats.cgi", "omega/omega",
        "cricket/grapher.cgi", "pks/lookup", "w3c-markup-validator/check", "doc-central/dc", "sub.d/two words/deep/env.cgi",
    ];

    /// <summary>Writes them, each a script that shows its environment, below a folder.</summary>
    public static void Write(string folder)
    {
        foreach (string name in Names)
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec env\n");
            File.SetUnixFileMode(path, OpenToAll);
        }
    }

    /// <summary>Asks for each of them, without and with a PATH_INFO that has the script's own name in it.</summary>
    /// <param name="browser">Somebody in front of the web server.</param>
    /// <param name="url">Where the folder is.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="log">What the servers have to say if it fails.</param>
    public static async Task CheckAsync(Browser browser, string url, string folder, Func<string> log)
    {
        foreach (string name in Names)
        {
            string encoded = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
            foreach (string more in new[] { "", $"/{Path.GetFileName(name)}/x y", "/" })
            {
                string path = $"{url}/{encoded}{more.Replace(" ", "%20", StringComparison.Ordinal)}?q=a%20b";
                ScriptReply reply = await browser.GetAsync(path);
                Assert.True(reply.Status == 200, $"{path}: {reply.Status} {reply.Body}\n{log()}");
                Assert.Equal((path, $"{url}/{name}", more, "q=a%20b"), (path, reply.Environment["SCRIPT_NAME"], reply.Environment.GetValueOrDefault("PATH_INFO", ""), reply.Environment["QUERY_STRING"]));
                Assert.Equal(Path.Combine(folder, name), reply.Environment["SCRIPT_FILENAME"]);
            }
        }
        // A folder is not a script, and neither is what is not there.
        Assert.InRange((await browser.GetAsync($"{url}/nut")).Status, 301, 404);
        Assert.Equal(404, (await browser.GetAsync($"{url}/nut/missing.cgi")).Status);
    }
}
