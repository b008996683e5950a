using System.Net;
using System.Net.Sockets;
using Shims.Testing;

namespace Shims.ControlTests.Serve;

/// <summary>The command line of <c>shimctl serve</c>.</summary>
public sealed class ServeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_names_a_port_that_is_in_use_and_the_fix()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        LaunchResult result = await RunAsync("serve", "--port", port, _folder.Path);
        Assert.Equal(71, result.ExitCode);
        Assert.Contains($"address already in use: 127.0.0.1 port {port}", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("--port 0", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("no such file", "/nowhere/at/all"), InlineData("no port", "--port", "70000", "."), InlineData("no address", "--listen", "everywhere", "."),
     InlineData("both", "--scgi", "--fastcgi", "."), InlineData("no program", "--app", "/")]
    public async Task Serve_exits_with_64_for_arguments_that_cannot_be_served(string what, params string[] arguments)
    {
        LaunchResult result = await RunAsync(["serve", .. arguments]);
        Assert.True(result.ExitCode == 64, $"{what}: exit status {result.ExitCode}: {result.ErrorText}");
        Assert.StartsWith("shimctl: ", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_says_that_it_is_for_development_and_listens_on_loopback()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path);
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(server.Url.Host)));
        await Patience.UntilAsync(() => server.Log.Contains("For development, not for production", StringComparison.Ordinal), "it had said so");
        Assert.DoesNotContain("Warning", server.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_warns_when_it_listens_on_other_addresses()
    {
        await using ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, "--listen", "0.0.0.0");
        await Patience.UntilAsync(() => server.Log.Contains("Warning: everyone who can reach 0.0.0.0 can run these scripts", StringComparison.Ordinal), "it had warned");
    }

    [Fact]
    public async Task Serve_live_adds_the_reload_script_to_HTML_pages_only()
    {
        _folder.WriteScript("page.cgi", "#!/bin/sh\nprintf 'Content-Type: text/html\\nContent-Length: 4\\n\\npage'\n");
        _folder.WriteScript("text.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\nContent-Length: 4\\n\\ntext'\n");
        await using (ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path))
        {
            using var client = new HttpClient { BaseAddress = server.Url };
            Assert.Equal("page", await client.GetStringAsync("/page.cgi"));
        }
        await using (ShimctlServe server = await ShimctlServe.StartAsync(_folder.Path, "--live"))
        {
            using var client = new HttpClient { BaseAddress = server.Url };
            Assert.Equal("page\n<script src=\"/_shims/live.js\"></script>\n", await client.GetStringAsync("/page.cgi"));
            Assert.Equal("text", await client.GetStringAsync("/text.cgi"));
            using var events = new StreamReader(await client.GetStreamAsync("/_shims/changes"));
            Assert.Equal(": waiting", await events.ReadLineAsync());
            await File.WriteAllTextAsync(_folder.PathTo("data.db"), "no reason to reload");
            await File.AppendAllTextAsync(_folder.PathTo("page.cgi"), "# edited\n");
            Assert.Equal("", await events.ReadLineAsync());
            Assert.Equal("event: change", await events.ReadLineAsync());
        }
    }

    [Fact]
    public async Task Serve_compiles_and_runs_an_app_in_one_file()
    {
        Requires.That(Directory.Exists(Repository.PathTo("artifacts/packages")), "the package of the library (make pack)");
        await using ShimctlServe server = await ShimctlServe.StartAsync(Repository.PathTo("inetd-examples/apps/hello.cs"));
        using var client = new HttpClient { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(5) };
        Assert.Contains("Hello", await client.GetStringAsync("/"), StringComparison.Ordinal);
        Assert.EndsWith("shim-dotnet", (await InspectorClient.DetailsAsync(client, 1)).Text("command").Split(' ')[0], StringComparison.Ordinal);
    }

    private static Task<LaunchResult> RunAsync(params string[] arguments) =>
        Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = arguments });
}
