using System.Net.Sockets;

namespace Shims.HandlerTests;

/// <summary>A web server with an app behind it.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly Installation _installation;
    private readonly LaunchedProgram? _app;
    private readonly Server _server;

    private Site(Installation installation, LaunchedProgram? app, Server server) => (_installation, _app, _server) = (installation, app, server);

    internal Browser Browser => new(_installation.PortOf(8080));

    internal string Log => $"{_server.Log}\n{_app?.ErrorSoFar}";

    /// <summary>Starts one, by its name: the web server, then the protocol.</summary>
    internal static async Task<Site> StartAsync(string front)
    {
        string program = front.Split(' ')[0] switch { "apache" => "apache2", var name => name };
        Requires.Tools(program);
        Requires.That(front != "apache fcgid" || Apache.HasModule("fcgid"), "mod_fcgid");
        var installation = new Installation();
        LaunchedProgram? app = null;
        try
        {
            bool startsItself = front is "apache cgi" or "apache cgi rewrite" or "apache fcgid" or "lighttpd bin-path";
            string apps = installation.Folder.MakeFolder("apps");
            await Command.RunAsync("cp", [HandlerRequest.Program, Path.Combine(apps, "app")]);
            // mod_proxy calls the whole path SCRIPT_NAME, as the example says.
            string[] mount = front is "apache scgi" or "apache fcgi" ? ["TEST_MOUNT=/app"] : [];
            if (!startsItself)
                app = StartApp(Path.Combine(apps, "app"), installation.AddressOf("/run/shims/app.sock"), mount);
            return new Site(installation, app, await StartServerAsync(front, installation, apps));
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
        if (_app is not null)
            await _app.DisposeAsync();
        _installation.Dispose();
    }

    private static async Task<Server> StartServerAsync(string front, Installation installation, string apps)
    {
        ExampleFile Example(string path) => ExampleFile.Read(path);
        ExampleFile Cgi() => Example("webserver-examples/apache-app-cgi.conf").With("/srv/apps", apps);
        return front switch
        {
            "nginx scgi" => await Nginx.StartAsync(installation, Example("nginx-examples/app.conf")),
            "nginx fastcgi" => await Nginx.StartAsync(installation, Example("nginx-examples/app.conf").With("scgi_", "fastcgi_")),
            "apache fcgi" => await Apache.StartAsync(installation, Example("webserver-examples/apache-app.conf"), ["proxy", "proxy_fcgi"]),
            "apache scgi" => await Apache.StartAsync(installation, Example("webserver-examples/apache-app.conf").With("fcgi://", "scgi://"), ["proxy", "proxy_scgi"]),
            "apache cgi" => await Apache.StartAsync(installation, Cgi(), ["cgid"]),
            "apache cgi rewrite" => await Apache.StartAsync(installation, Cgi().With("        Require all granted",
                "        Require all granted\n        RewriteEngine On\n        RewriteBase /\n        RewriteCond %{REQUEST_URI} ^/app/old\n        RewriteRule .* /app [L]"), ["cgid", "rewrite"]),
            "apache fcgid" => await Apache.StartAsync(installation, Cgi().With("SetHandler cgi-script", "SetHandler fcgid-script"), ["fcgid"]),
            "lighttpd fastcgi" => await Lighttpd.StartAsync(installation, Example("webserver-examples/lighttpd-app.conf")),
            "lighttpd scgi" => await Lighttpd.StartAsync(installation, Example("webserver-examples/lighttpd-app.conf").With("fastcgi", "scgi")),
            "lighttpd bin-path" => await Lighttpd.StartAsync(installation, Example("webserver-examples/lighttpd-app-bin-path.conf").With("/srv/apps", apps)),
            "haproxy fcgi" => await HAProxy.StartAsync(installation, Example("webserver-examples/haproxy-app.cfg")),
            _ => throw new ArgumentOutOfRangeException(nameof(front)),
        };
    }

    /// <summary>The app in wait mode, as inetd or systemd would start it.</summary>
    private static LaunchedProgram StartApp(string program, string address, string[] environment)
    {
        using Socket listener = Address.Listen(address + ".first");
        // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
        File.Move(address + ".first", address);
        File.SetUnixFileMode(address, (UnixFileMode)0b110_110_110);
        return Launcher.Start(new Launch { Program = program, Input = listener.SafeHandle, Output = listener.SafeHandle }.WithEnvironment(environment));
    }
}
