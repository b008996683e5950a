namespace Shims.Testing;

/// <summary>nginx with one of the examples as its only site. Needs no root.</summary>
public sealed class Nginx : Server
{
    private readonly string _errorLog;

    private Nginx(string configuration, string errorLog, int port) : base(Tool.PathOf("nginx"), "-c", configuration, "-e", errorLog)
    {
        _errorLog = errorLog;
        Browser = new Browser(port);
    }

    /// <summary>Somebody who looks at the site.</summary>
    public Browser Browser { get; }

    /// <summary>The error log and whatever was printed.</summary>
    public override string Log => base.Log + (File.Exists(_errorLog) ? File.ReadAllText(_errorLog) : "");

    /// <summary>Starts nginx with a file of the kind that lies in /etc/nginx/conf.d, and waits until it listens.</summary>
    /// <param name="installation">What the names in the example stand for.</param>
    /// <param name="site">The example.</param>
    /// <param name="realLifePort">The port in the example.</param>
    /// <param name="user">Who the workers run as, if the test runs as root; null for root.</param>
    public static async Task<Nginx> StartAsync(Installation installation, ExampleFile site, int realLifePort = 8080, string? user = null)
    {
        string folder = installation.Folder.MakeFolder($"nginx-{realLifePort}");
        foreach (string name in new[] { "scgi_params", "fastcgi_params", "uwsgi_params", "mime.types" })
            File.Copy($"/etc/nginx/{name}", Path.Combine(folder, name), overwrite: true);
        string errorLog = Path.Combine(folder, "error.log");
        string configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off;
            {{(Environment.IsPrivilegedProcess ? $"user {user ?? Environment.UserName};" : "")}}
            worker_processes 2;
            pid {{folder}}/nginx.pid;
            error_log {{errorLog}} notice;
            events { worker_connections 1000; }
            http {
                include mime.types;
                access_log off;
                client_body_temp_path {{folder}}/body;
                proxy_temp_path {{folder}}/proxy;
                fastcgi_temp_path {{folder}}/fastcgi;
                scgi_temp_path {{folder}}/scgi;
                uwsgi_temp_path {{folder}}/uwsgi;
                include {{installation.Install(site)}};
            }

            """);

        int port = installation.PortOf(realLifePort);
        var nginx = new Nginx(configuration, errorLog, port);
        try
        {
            await nginx.WaitUntilListeningAsync($"127.0.0.1:{port}");
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }
}
