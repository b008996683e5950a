namespace Shims.Testing.Matrix;

/// <summary>nginx with nginx-examples/scgi.conf, fastcgi.conf or uwsgi.conf.</summary>
/// <param name="name">The row's name.</param>
/// <param name="gateway">The program behind it.</param>
/// <param name="change">What is different from the example.</param>
public sealed class NginxFront(string name, Gateway gateway, Func<ExampleFile, ExampleFile>? change = null) : Front(name, gateway)
{
    private static readonly Product s_nginx = new("nginx", "nginx", "-v");

    public static IEnumerable<Front> All =>
    [
        new NginxFront("nginx-scgi", Gateway.Scgi) { IsQuick = true },
        new NginxFront("nginx-scgi-tcp", Gateway.Scgi) { Tcp = true },
        new NginxFront("nginx-scgi-unbuffered", Gateway.Scgi, static site => Add(site, "scgi_request_buffering off; scgi_buffering off;")
            .With("scgi_param SERVER_SOFTWARE    nginx/$nginx_version;", "scgi_param SERVER_SOFTWARE nginx/$nginx_version; scgi_param CONTENT_LENGTH $content_length;")),
        new NginxFront("nginx-fcgi", Gateway.FastCgi),
        new NginxFront("nginx-fcgi-tcp", Gateway.FastCgi) { Tcp = true },
        new NginxFront("nginx-fcgi-keep", Gateway.FastCgi, KeepConnections) { IsQuick = true },
        new NginxFront("nginx-fcgi-unbuffered", Gateway.FastCgi, static site => Add(site, "fastcgi_request_buffering off; fastcgi_buffering off;")),
        new NginxFront("nginx-uwsgi", Gateway.Uwsgi) { IsQuick = true },
        new NginxFront("nginx-uwsgi-tcp", Gateway.Uwsgi) { Tcp = true },
        new NginxFront("nginx-uwsgi-split", Gateway.Uwsgi, SplitPath),
        new NginxFront("nginx-uwsgi-unbuffered", Gateway.Uwsgi, static site => Add(site, "uwsgi_request_buffering off; uwsgi_buffering off;")),
        new NginxFront("nginx-uwsgi-modifier", Gateway.Uwsgi, static site => site.With("include uwsgi_params;", "include uwsgi_params; uwsgi_modifier1 30; uwsgi_param SCRIPT_NAME /cgi-bin;")),
    ];

    public override Product Product => s_nginx;

    public override string? BackendAddress => Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        ExampleFile site = Gateway.NginxExample;
        if (Tcp)
            site = site.With($"{Gateway.NginxWord}_pass unix:{Gateway.Socket};", $"{Gateway.NginxWord}_pass {Gateway.TcpAddress};");
        return await Nginx.StartAsync(installation, change is null ? site : change(site), Port);
    }

    private static ExampleFile Add(ExampleFile site, string directives) => site.With("server_name localhost;", "server_name localhost; " + directives);

    private static ExampleFile SplitPath(ExampleFile site) => site.With("location ^~ /cgi-bin/ {", "location ~ ^(?<script>/cgi-bin/[^/]+)(?<more>/.*)?$ {")
        .With("include uwsgi_params;", "include uwsgi_params; uwsgi_param SCRIPT_NAME $script; uwsgi_param PATH_INFO $more; uwsgi_param SCRIPT_FILENAME /srv$script;");

    private static ExampleFile KeepConnections(ExampleFile site) => Add(site, "fastcgi_keep_conn on;")
        .With($"fastcgi_pass unix:{Gateway.FastCgi.Socket};", "fastcgi_pass shims;")
        .With("server {", $"upstream shims {{ server unix:{Gateway.FastCgi.Socket}; keepalive 4; }}\n\nserver {{");
}
