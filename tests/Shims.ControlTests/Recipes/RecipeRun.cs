using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Shims.Control.Recipes;
using Shims.Testing;

namespace Shims.ControlTests.Recipes;

/// <summary>A recipe, carried out: what shimctl prints, behind nginx, and the same program under Apache's mod_cgid.</summary>
internal sealed partial class RecipeRun : IAsyncDisposable
{
    private const string Password = "secret";

    private readonly Recipe _recipe;
    private readonly RecipeMachine _machine;
    private readonly Browser _own = new(FreePort.Next());
    private readonly Browser _reference = new(FreePort.Next());

    private RecipeRun(Recipe recipe, RecipeMachine machine) => (_recipe, _machine) = (recipe, machine);

    private string[] Login => _recipe["user-auth"] is null ? []
        : [$"Authorization: Basic {Convert.ToBase64String(Encoding.ASCII.GetBytes($"ada:{Password}"))}"];

    /// <summary>Configures and starts everything.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="protocol">Between nginx and the gateway.</param>
    internal static async Task<RecipeRun> StartAsync(Recipe recipe, string protocol)
    {
        var run = new RecipeRun(recipe, await RecipeMachine.StartAsync());
        try
        {
            await run.InstallAsync();
            await run.ConfigureAsync(protocol);
            await run.StartReferenceAsync();
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the requests of the recipe.</summary>
    internal async Task CheckAsync()
    {
        if (_recipe["user-auth"] is not null)
            Assert.Equal(401, (await _own.GetAsync(Filled(_recipe.Checks[0].Request))).Status);
        foreach (RecipeCheck check in _recipe.Checks.Where(static check => check.Kind != "varies"))
        {
            if (check.Kind == "run")
            {
                foreach (Browser browser in (Browser[])[_own, _reference])
                    await RunAsync(Filled(check.Request), browser);
            }
            else
                await CheckAsync(check);
        }
    }

    public ValueTask DisposeAsync() => _machine.DisposeAsync();

    /// <summary>The packages that are missing, and what the program is to work with.</summary>
    private async Task InstallAsync()
    {
        string packages = string.Join(' ', _recipe.Packages);
        if (packages.Length > 0 && !await _machine.SucceedsAsync($"dpkg -s {packages} >/dev/null 2>&1"))
        {
            if (!await _machine.SucceedsAsync($"apt-get -q update && apt-cache show {packages}"))
                Assert.Skip($"the distribution has no package {packages}");
            await _machine.RunAsync($"apt-get install -q -y --no-install-recommends {packages}");
        }
    }

    private async Task ConfigureAsync(string protocol)
    {
        string[] spoken = _recipe["protocol"] is null ? ["--protocol", protocol] : [];
        foreach ((string place, string first, string text) in
            await _machine.ConfigureAsync([.. spoken, "--recipe", _recipe.Name, "--super", "inetd"]))
        {
            if (place.StartsWith("nginx:", StringComparison.Ordinal))
            {
                await PrepareAsync();
                string address = Socket(await _machine.RunAsync("cat /etc/inetd.conf"));
                await _machine.StartServerAsync(address, "/usr/sbin/inetd", "-i", "/etc/inetd.conf");
                await StartNginxAsync(text);
                return;
            }
            if (!first.StartsWith("apt-get", StringComparison.Ordinal))
                await _machine.RunAsync(first);
            if (OwnFile().Match(place) is { Success: true } file)
                await _machine.WriteAsync(file.Groups[1].Value, text);
            else if (place.StartsWith("inetd:", StringComparison.Ordinal))
                await _machine.WriteAsync("/etc/inetd.conf", text);
            else
                await _machine.RunAsync(text);
        }
    }

    /// <summary>The password of the test, and data for the program.</summary>
    private async Task PrepareAsync()
    {
        if (_recipe["user-auth"] is { } users)
            await _machine.RunAsync($"printf 'ada:%s\\n' \"$(openssl passwd -apr1 -salt shims {Password})\" >{users}");
        string fixture = Repository.PathTo($"tests/Shims.ControlTests/Recipes/Fixtures/{_recipe.Name}");
        if (File.Exists(fixture))
            await _machine.RunAsync("exec sh -eu \"$1\"", "prepare", fixture);
    }

    private async Task StartNginxAsync(string location)
    {
        await _machine.WriteAsync("/etc/nginx/shims.conf", $$"""
            daemon off;
            user www-data;
            error_log stderr notice;
            pid /run/nginx.pid;
            events { }
            http {
                include mime.types;
                access_log off;
                server {
                    listen 127.0.0.1:{{_own.Port}};
                    server_name localhost;
                    root /var/www/html;
                    {{location}}
                }
            }

            """);
        await _machine.StartServerAsync($"127.0.0.1:{_own.Port}", "/usr/sbin/nginx", "-c", "/etc/nginx/shims.conf");
    }

    private async Task StartReferenceAsync()
    {
        var site = new ReferenceSite(_recipe, _reference.Port);
        await _machine.RunAsync(site.Setup);
        await _machine.WriteAsync("/run/reference/apache.conf", site.Text);
        await _machine.StartServerAsync($"127.0.0.1:{_reference.Port}", "/usr/sbin/apache2",
            "-f", "/run/reference/apache.conf", "-D", "FOREGROUND");
    }

    private async Task CheckAsync(RecipeCheck check)
    {
        ScriptReply own = await AskAsync(_own, check);
        string what = $"{check.Kind} {check.Request}: {own.Status} {own.Header("Content-Type")} {own.Header("Location")}";
        if (check.Kind == "denied")
        {
            Assert.True(own.Status is 403 or 404, what);
            return;
        }
        ScriptReply reference = await AskAsync(_reference, check);
        what += $"\nreference: {reference.Status} {reference.Header("Content-Type")} {reference.Header("Location")}\n"
            + $"{own.Body}\n{reference.Body}\n{_machine.Log}{await _machine.RunAsync("cat /run/reference/error.log")}";
        Assert.True(check.Kind switch
        {
            "redirect" => own.Status is >= 301 and <= 308,
            "form" => own.Status is 200 or 302 or 303,
            _ => own.Status == 200,
        }, what);
        if (check.Kind == "picture")
            Assert.True(TypeOf(own).StartsWith("image/", StringComparison.Ordinal), what);
        Assert.True(check.Expected.Length == 0
            || (check.Kind == "redirect" ? PlaceOf(own) : own.Body).Contains(check.Expected, StringComparison.Ordinal), what);
        // Of a response without a type Apache makes one of the script's extension.
        string type = own.Header("Content-Type") is null ? "" : TypeOf(reference);
        Assert.True((own.Status, TypeOf(own), Same(_own, PlaceOf(own))) == (reference.Status, type, Same(_reference, PlaceOf(reference))), what);
        Assert.Equal(Same(_reference, reference.Body), Same(_own, own.Body));
    }

    /// <summary>A command of a visitor's, in an empty folder.</summary>
    private async Task RunAsync(string command, Browser browser)
    {
        using var folder = new TemporaryFolder();
        string login = _recipe["user-auth"] is null ? "" : $"ada:{Password}@";
        string site = string.Create(CultureInfo.InvariantCulture, $"http://{login}localhost:{browser.Port}");
        await Command.RunAsync("sh", ["-euc", command.Replace("{site}", site, StringComparison.Ordinal)], folder.Path,
        [
            $"HOME={folder.Path}", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
            "GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.org",
            "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.org", "no_proxy=*",
        ]);
    }

    private Task<ScriptReply> AskAsync(Browser browser, RecipeCheck check)
    {
        string[] words = Filled(check.Request).Split(' ', 2);
        return words is [var url, var body]
            ? browser.SendAsync("POST", url, [.. Login, "Content-Type: application/x-www-form-urlencoded"], Encoding.UTF8.GetBytes(body))
            : browser.GetAsync(words[0], Login);
    }

    private string Filled(string text) => Recipe.At(_recipe["url"]!, text);

    /// <summary>A text without the port, and without what differs each time.</summary>
    private string Same(Browser browser, string text) => _recipe.Checks.Where(static check => check.Kind == "varies")
        .Aggregate(text.Replace($":{browser.Port}", ":PORT", StringComparison.Ordinal),
            static (rest, check) => Regex.Replace(rest, check.Request, ""));

    private static string TypeOf(ScriptReply reply) => (reply.Header("Content-Type") ?? "").Split(';')[0];

    private static string PlaceOf(ScriptReply reply) => reply.Header("Location") ?? "";

    /// <summary>The address at which inetd listens.</summary>
    private static string Socket(string configuration) =>
        configuration.Split('\n').Last(static line => line.Length > 0 && line[0] != '#').Split(' ')[0];

    [GeneratedRegex(@"a file of its own, (/[^\s,]+)")]
    private static partial Regex OwnFile();
}
