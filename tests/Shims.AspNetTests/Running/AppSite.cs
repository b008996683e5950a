namespace Shims.AspNetTests;

/// <summary>The app behind one web server, with the fewest lines that it needs.</summary>
internal sealed class AppSite : IAsyncDisposable
{
    private const string Socket = "/run/shims/app.sock";

    private readonly Installation _installation;
    private readonly LaunchedProgram _app;
    private readonly Server _server;

    private AppSite(Installation installation, LaunchedProgram app, Server server) =>
        (_installation, _app, _server, Browser) = (installation, app, server, new Browser(installation.PortOf(8080)));

    internal Browser Browser { get; }

    internal string Log => $"{_server.Log}\n--- app\n{_app.ErrorSoFar}";

    /// <summary>Starts both.</summary>
    /// <param name="front">The web server and the word for its protocol.</param>
    /// <param name="mount">The app's path in the site, of which the app is told; empty for all of it.</param>
    internal static async Task<AppSite> StartAsync(string front, string mount)
    {
        string[] words = front.Split(' ');
        Requires.Tools(words[0] == "apache" ? "apache2" : words[0]);
        var installation = new Installation();
        LaunchedProgram? app = null;
        try
        {
            app = App.StartWait(App.Launch("SHIMS_IDLE=0", "SHIMS_STDERR=inherit").WithEnvironment(mount.Length > 0 ? [$"SHIMS_MOUNT={mount}"] : []), installation.AddressOf(Socket));
            return new AppSite(installation, app, await StartServerAsync(installation, words[0], words[1]));
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            installation.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _app.DisposeAsync();
        _installation.Dispose();
    }

    private static async Task<Server> StartServerAsync(Installation installation, string product, string word) => product switch
    {
        "nginx" => await Nginx.StartAsync(installation, ExampleFile.Of("app.conf", $$"""
            server {
                listen 127.0.0.1:8080;
                location / { include {{word}}_params; {{word}}_pass unix:{{Socket}}; }
            }

            """)),
        "apache" => await Apache.StartAsync(installation, ExampleFile.Of("app.conf", $"""
            Listen 127.0.0.1:8080
            <VirtualHost 127.0.0.1:8080>
                ServerName localhost
                <Location "/">
                    Require all granted
                </Location>
                AllowEncodedSlashes NoDecode
                ProxyPass "/" "unix:{Socket}|{word}://app/"
            </VirtualHost>

            """), ["proxy", $"proxy_{word}"]),
        "lighttpd" => await Lighttpd.StartAsync(installation, ExampleFile.Of("app.conf", $$"""
            server.modules += ( "mod_{{word}}" )
            $SERVER["socket"] == "127.0.0.1:8080" {
                {{word}}.server = ( "/" => (( "socket" => "{{Socket}}", "check-local" => "disable", "fix-root-scriptname" => "enable" )) )
                server.stream-response-body = 1
            }

            """)),
        "haproxy" => await HAProxy.StartAsync(installation, ExampleFile.Of("app.cfg", $"""
            frontend site
                bind 127.0.0.1:8080
                mode http
                timeout client 60s
                use_backend app

            backend app
                mode http
                use-fcgi-app app
                server app unix@{Socket} proto fcgi
                timeout connect 5s
                timeout server 60s

            fcgi-app app
                docroot /srv
                option keep-conn

            """)),
        "caddy" => await Caddy.StartAsync(installation, ExampleFile.Of("Caddyfile", $$"""
            :8080 {
            	bind 127.0.0.1
            	reverse_proxy unix/{{Socket}} {
            		transport fastcgi {
            			root /srv
            		}
            	}
            }

            """)),
        _ => throw new InvalidOperationException(product),
    };
}
