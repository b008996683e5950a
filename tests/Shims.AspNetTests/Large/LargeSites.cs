namespace Shims.AspNetTests.Large;

/// <summary>One nginx with the large app behind it: on Kestrel, and in wait mode on the shim by each protocol. One user's keys serve all of them.</summary>
public sealed class LargeSites : IAsyncLifetime
{
    private readonly Installation _installation = new();
    private readonly List<LaunchedProgram> _programs = [];
    private Nginx? _nginx;

    /// <summary>The site that Kestrel serves as without the shim.</summary>
    internal Browser Kestrel => new(_installation.PortOf(8080));

    /// <summary>The site of the small app, which may be native code, with what works there.</summary>
    internal Browser Small => new(_installation.PortOf(8084));

    /// <summary>What visits to Kestrel have been, by their names.</summary>
    internal Dictionary<string, string> OnKestrel { get; } = [];

    internal string Log => $"{_nginx?.Log}\n{string.Join("\n---\n", _programs.Select(static program => program.OutputSoFar + program.ErrorSoFar))}";

    /// <summary>The site of an app on the shim.</summary>
    internal Browser this[Way way] => new(_installation.PortOf(8081 + (int)way));

    public async ValueTask InitializeAsync()
    {
        Requires.Tools("nginx");
        string socket = _installation.Folder.PathTo("app.sock"), http = _installation.Folder.PathTo("http.sock"), small = _installation.Folder.PathTo("small.sock");
        const string host = "proxy_http_version 1.1; proxy_set_header Host $http_host;";
        const string upgrade = """proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;""";
        string site = $$"""
            map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
            server {
                listen 127.0.0.1:8080;
                location / { proxy_pass http://127.0.0.1:8090; {{host}} {{upgrade}} }
            }
            server {
                listen 127.0.0.1:8081;
                location / { include scgi_params; scgi_pass unix:{{socket}}; }
            }
            server {
                listen 127.0.0.1:8082;
                location / { include fastcgi_params; fastcgi_pass unix:{{socket}}; }
            }
            server {
                listen 127.0.0.1:8083;
                location / { proxy_pass http://unix:{{http}}:; {{host}} {{upgrade}} }
            }
            server {
                listen 127.0.0.1:8084;
                location / { include fastcgi_params; fastcgi_pass unix:{{small}}; }
            }

            """;
        Launch launch = LargeApp.Launch($"HOME={_installation.Folder.Path}");
        LaunchedProgram kestrel = Launcher.Start(launch.WithEnvironment($"Database={_installation.Folder.PathTo("kestrel.db")}") with { Folder = LargeApp.Folder, Arguments = ["--urls", $"http://127.0.0.1:{_installation.PortOf(8090)}"] });
        _programs.Add(kestrel);
        _programs.Add(App.StartWait(launch.WithEnvironment("SHIMS_IDLE=0", $"Database={_installation.Folder.PathTo("shim.db")}"), socket));
        _programs.Add(App.StartWait(launch.WithEnvironment("SHIMS_IDLE=0", "SHIMS_PROTOCOL=http"), http));
        _programs.Add(App.StartWait(App.Launch($"HOME={_installation.Folder.Path}", "SHIMS_IDLE=0", "SHIMS_STDERR=inherit") with { Arguments = ["middleware"] }, small));
        _nginx = await Nginx.StartAsync(_installation, ExampleFile.Of("large.conf", site));
        await Patience.UntilAsync(() => kestrel.OutputSoFar.Contains("Application started", StringComparison.Ordinal), "Kestrel has started");
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        foreach (LaunchedProgram program in _programs)
            await program.DisposeAsync();
        _installation.Dispose();
    }
}
