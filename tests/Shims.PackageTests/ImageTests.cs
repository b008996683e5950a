using System.Text.Json;

namespace Shims.PackageTests;

/// <summary>The container images, taken from artifacts/dist by the tool that others take them with, and run without a daemon.</summary>
[Collection(Distribution.Collection), Trait(TestExtent.Trait, TestExtent.Whole)]
public sealed class ImageTests(Distribution distribution) : IDisposable
{
    private const string UserWithoutRights = "65534:65534";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task An_image_holds_the_gateway_its_notices_and_an_empty_tmp_in_one_layer(string program)
    {
        JsonElement manifest = (await ManifestsAsync($"shims-{program}"))[0];
        JsonElement layer = Assert.Single(manifest.GetProperty("layers").EnumerateArray());
        string[] files = [.. (await Command.RunAsync("tar", ["-tvzf", Blob(layer.GetProperty("digest").GetString()!)])).TrimEnd().Split('\n').Order(StringComparer.Ordinal)];
        string[] names = [.. files.Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries)[5]).Select(name => name.TrimStart('.', '/'))];
        Assert.Equal(new[] { program, "tmp/", "usr/share/doc/shims/LICENSE", "usr/share/doc/shims/THIRD-PARTY-NOTICES.txt" }.Order(StringComparer.Ordinal),
            names.Where(name => name == "tmp/" || (name.Length > 0 && !name.EndsWith('/'))).Order(StringComparer.Ordinal));
        Assert.Contains(files, line => line.StartsWith("drwxrwxrwt 0/0", StringComparison.Ordinal) && line.EndsWith("tmp/", StringComparison.Ordinal));
        Assert.All(files, line => Assert.Contains(" 0/0 ", line));
    }

    [Fact]
    public async Task An_image_is_for_each_processor_that_was_built_for_and_starts_the_gateway_as_a_user_without_rights()
    {
        JsonElement[] manifests = await ManifestsAsync("shims-fcgi-run");
        string[] built = [.. new[] { ("linux-x64", "amd64"), ("linux-arm64", "arm64") }
            .Where(pair => pair.Item1 == Distribution.Machine.Runtime || File.Exists(Repository.PathTo($"artifacts/{pair.Item1}/bin/scgi-run"))).Select(pair => pair.Item2)];
        Assert.Equal(built.Length, manifests.Length);
        foreach ((string architecture, JsonElement manifest) in built.Zip(manifests))
        {
            JsonElement image = Json(manifest.GetProperty("config").GetProperty("digest").GetString()!), config = image.GetProperty("config");
            Assert.Equal(architecture, image.GetProperty("architecture").GetString());
            Assert.Equal(UserWithoutRights, config.GetProperty("User").GetString());
            Assert.Equal(["/fcgi-run"], config.GetProperty("Entrypoint").EnumerateArray().Select(word => word.GetString()));
            Assert.Equal(Distribution.Version, config.GetProperty("Labels").GetProperty("org.opencontainers.image.version").GetString());
        }
    }

    [Fact]
    public async Task The_gateway_of_an_image_answers_its_own_probe()
    {
        await PullAsync("shims-fcgi-run");
        await using Running running = await RunAsync($"localhost/shims/fcgi-run:{Distribution.Version}", "/fcgi-run", "--ping-path", "/ping", "/tmp/");
        string container = (await BuildahAsync("from", "--pull-never", $"localhost/shims/fcgi-run:{Distribution.Version}")).Trim();
        Assert.Equal("", await BuildahAsync("run", container, "--", "/fcgi-run", "--ping", running.Address));
    }

    [Fact]
    public async Task An_image_with_a_shell_runs_scripts_as_the_page_about_packages_says()
    {
        await PullAsync("shims-fcgi-run-shell");
        string[] page = await File.ReadAllLinesAsync(Repository.PathTo("docs/packages.md"), TestContext.Current.CancellationToken);
        int start = Array.FindIndex(page, line => line.StartsWith("FROM localhost/shims/fcgi-run-shell:", StringComparison.Ordinal));
        string[] containerfile = [.. page.Skip(start).TakeWhile(line => line != "```")];
        Assert.Contains($"FROM localhost/shims/fcgi-run-shell:{Distribution.Version}", containerfile);
        _folder.Write("image/Containerfile", string.Join('\n', containerfile) + "\n");
        _folder.WriteScript("image/cgi-bin/who.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s %s\\n' \"$(id -u)\" \"$(id -g)\"\n");
        await BuildahAsync("bud", "--quiet", "--pull-never", "--tag", "localhost/mine", _folder.PathTo("image"));

        await using Running running = await RunAsync("localhost/mine", "/fcgi-run", "/srv/cgi-bin/");
        using var client = new FastCgiClient(await Connection.OpenAsync(running.Address));
        FastCgiReply reply = await client.ExchangeAsync(RequestVariables.For("GET", "/srv/cgi-bin/who.cgi"));
        Assert.EndsWith("65534 65534\n", reply.Reply.Body);
    }

    /// <summary>A gateway that serves in a container, until it is disposed.</summary>
    private sealed class Running(LaunchedProgram program, string address) : IAsyncDisposable
    {
        internal string Address { get; } = address;

        public ValueTask DisposeAsync() => program.DisposeAsync();
    }

    private async Task<Running> RunAsync(string image, string program, params string[] arguments)
    {
        string container = (await BuildahAsync("from", "--pull-never", image)).Trim(), address = $"127.0.0.1:{FreePort.Next()}";
        LaunchedProgram running = Launcher.Start(Buildah("run", [container, "--", program, "--listen", address, .. arguments]));
        await Patience.UntilAsync(() => !running.IsRunning || Listening.IsAt(address), $"{program} listens in the container");
        Assert.True(running.IsRunning, running.ErrorSoFar);
        return new Running(running, address);
    }

    private Task<string> PullAsync(string image)
    {
        Require();
        return BuildahAsync("pull", "--quiet", $"oci-archive:{Archive(image)}");
    }

    private async Task<JsonElement[]> ManifestsAsync(string image)
    {
        Require();
        await Command.RunAsync("tar", ["-C", _folder.MakeFolder("oci"), "-xf", Archive(image)]);
        JsonElement index = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.PathTo("oci/index.json"), TestContext.Current.CancellationToken)).RootElement;
        JsonElement list = Json(Assert.Single(index.GetProperty("manifests").EnumerateArray()).GetProperty("digest").GetString()!);
        return [.. list.GetProperty("manifests").EnumerateArray().Select(entry => Json(entry.GetProperty("digest").GetString()!))];
    }

    private JsonElement Json(string digest) => JsonDocument.Parse(File.ReadAllText(Blob(digest))).RootElement;

    private string Blob(string digest) => _folder.PathTo($"oci/blobs/{digest.Replace(':', '/')}");

    private static string Archive(string image) => Distribution.PathTo($"{image}-{Distribution.Version}.oci.tar");

    private void Require()
    {
        distribution.Require();
        Requires.Tools("buildah");
    }

    /// <summary>A storage of its own, and no isolation but another root: it runs where namespaces are not to be had.</summary>
    private Launch Buildah(string command, params string[] arguments) => new Launch
    {
        Program = Tool.PathOf("buildah"),
        Arguments = ["--root", _folder.PathTo("store"), "--runroot", _folder.PathTo("run"), "--storage-driver", "vfs", command, .. arguments],
    }.WithEnvironment([.. Distribution.Surroundings, "BUILDAH_ISOLATION=chroot", $"XDG_RUNTIME_DIR={_folder.Path}"]);

    private async Task<string> BuildahAsync(string command, params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(Buildah(command, arguments));
        Assert.True(result.ExitCode == 0, $"buildah {command} {string.Join(' ', arguments)}: {result.ErrorText}{result.OutputText}");
        return result.OutputText;
    }
}
