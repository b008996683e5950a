
namespace Shims.AspNetTests;

/// <summary>
/// One nginx with the app behind it five times: on Kestrel (proxy_pass), and on the shim by SCGI and by FastCGI, with Debian's own parameters, as one process for all requests
/// and as one for each.
/// </summary>
public sealed class ComparedSites : IAsyncLifetime
{
    private readonly Installation _installation = new();
    private LaunchedProgram? _kestrel, _shim;
    private NowaitServer? _nowait;
    private Nginx? _nginx;

    internal Browser Kestrel { get; private set; } = new(0);

    internal string Log => $"{_nginx?.Log}\n--- Kestrel\n{_kestrel?.OutputSoFar}{_kestrel?.ErrorSoFar}\n--- shim\n{_shim?.ErrorSoFar}\n--- nowait\n{_nowait?.Log}";

    /// <summary>The site of one process for all requests.</summary>
    internal Browser this[Wire wire] => new(_installation.PortOf(wire == Wire.Scgi ? 8081 : 8082));

    /// <summary>The site of a process for each request.</summary>
    internal Browser Nowait(Wire wire) => new(_installation.PortOf(wire == Wire.Scgi ? 8084 : 8085));

    public async ValueTask InitializeAsync()
    {
        Requires.Tools("nginx");
        int proxied = _installation.PortOf(8080), backend = _installation.PortOf(8083);
        string socket = _installation.Folder.PathTo("app.sock"), nowait = _installation.Folder.PathTo("nowait.sock");
        // Bodies of any size come to the app, which has its own limit.
        const string common = "client_max_body_size 0;";
        string site = $$"""
            server {
                listen 127.0.0.1:8080;
                {{common}}
                location / { proxy_pass http://127.0.0.1:8083; proxy_http_version 1.1; proxy_set_header Host $http_host; proxy_set_header Connection ""; }
            }
            server {
                listen 127.0.0.1:8081;
                {{common}}
                location / { include scgi_params; scgi_param CONTENT_LENGTH $content_length; scgi_pass unix:{{socket}}; }
            }
            server {
                listen 127.0.0.1:8082;
                {{common}}
                location / { include fastcgi_params; fastcgi_pass unix:{{socket}}; }
            }
            server {
                listen 127.0.0.1:8084;
                {{common}}
                location / { include scgi_params; scgi_param CONTENT_LENGTH $content_length; scgi_pass unix:{{nowait}}; }
            }
            server {
                listen 127.0.0.1:8085;
                {{common}}
                location / { include fastcgi_params; fastcgi_pass unix:{{nowait}}; }
            }

            """;
        Launch launch = App.Launch("TEST_MARKS=" + _installation.Folder.PathTo("marks"));
        _kestrel = Launcher.Start(launch with { Folder = Path.GetDirectoryName(App.Program), Arguments = ["--urls", $"http://127.0.0.1:{backend}"] });
        _shim = App.StartWait(launch.WithEnvironment("SHIMS_IDLE=0", "SHIMS_STDERR=inherit"), socket);
        _nowait = new NowaitServer(launch.WithEnvironment("SHIMS_STDERR=inherit"), nowait);
        _nginx = await Nginx.StartAsync(_installation, ExampleFile.Of("compared.conf", site));
        Kestrel = new Browser(proxied);
        await Patience.UntilAsync(() => _kestrel.OutputSoFar.Contains("Application started", StringComparison.Ordinal), "Kestrel has started");
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is not null)
            await _nginx.DisposeAsync();
        if (_shim is not null)
            await _shim.DisposeAsync();
        if (_nowait is not null)
            await _nowait.DisposeAsync();
        if (_kestrel is not null)
            await _kestrel.DisposeAsync();
        _installation.Dispose();
    }
}
