namespace Shims.Testing.Matrix;

/// <summary>Apache with one of webserver-examples/apache-*.conf.</summary>
/// <param name="name">The row's name.</param>
/// <param name="gateway">The program behind it.</param>
/// <param name="module">mod_proxy_scgi, mod_proxy_fcgi or mod_fcgid, without the mod_.</param>
/// <param name="change">What is different from the example.</param>
public sealed class ApacheFront(string name, Gateway gateway, string module, Func<ExampleFile, ExampleFile>? change = null) : Front(name, gateway)
{
    private static readonly Product s_apache = new("Apache", "apache2", "-v");

    public static IEnumerable<Front> All =>
    [
        new ApacheFront("apache-scgi", Gateway.Scgi, "proxy_scgi") { IsQuick = true },
        new ApacheFront("apache-scgi-tcp", Gateway.Scgi, "proxy_scgi", static site => site.With(UnixHandler(Gateway.Scgi, "scgi"), "proxy:scgi://127.0.0.1:4000")) { Tcp = true },
        new ApacheFront("apache-scgi-proxypass", Gateway.Scgi, "proxy_scgi", static site => PassAll(site, "scgi://127.0.0.1:4000/")) { Tcp = true },
        new ApacheFront("apache-fcgi", Gateway.FastCgi, "proxy_fcgi") { IsQuick = true },
        new ApacheFront("apache-fcgi-tcp", Gateway.FastCgi, "proxy_fcgi", static site => site.With(UnixHandler(Gateway.FastCgi, "fcgi"), "proxy:fcgi://127.0.0.1:9000")) { Tcp = true },
        new ApacheFront("apache-fcgi-generic", Gateway.FastCgi, "proxy_fcgi", static site => site.With("Require all granted", "Require all granted\nProxyFCGIBackendType GENERIC")),
        new ApacheFront("apache-fcgi-reuse", Gateway.FastCgi, "proxy_fcgi", Reuse),
        new ApacheFront("apache-fcgi-proxypass", Gateway.FastCgi, "proxy_fcgi", static site => PassAll(site, "fcgi://127.0.0.1:9000/srv/cgi-bin/")) { Tcp = true },
        new ApacheFront("apache-fcgid", Gateway.FastCgi, "fcgid"),
        new ApacheFront("apache-uwsgi", Gateway.Uwsgi, "proxy_uwsgi") { IsQuick = true },
        new ApacheFront("apache-uwsgi-tcp", Gateway.Uwsgi, "proxy_uwsgi", static site => site.With(UnixHandler(Gateway.Uwsgi, "uwsgi"), "proxy:uwsgi://127.0.0.1:3031")) { Tcp = true },
        new ApacheFront("apache-uwsgi-proxypass", Gateway.Uwsgi, "proxy_uwsgi", static site => PassAll(site, "uwsgi://127.0.0.1:3031/cgi-bin/")) { Tcp = true, PassesUrl = true },
        new ApacheFront("apache-uwsgi-proxypass-unix", Gateway.Uwsgi, "proxy_uwsgi", static site => PassAll(site, "unix:/run/shims/uwsgi.sock|uwsgi://uwsgi-run/")) { PassesUrl = true },
    ];

    public override Product Product => s_apache;

    public override string? BackendAddress => module == "fcgid" ? null : Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    /// <summary>With ProxyPass, and not with SetHandler.</summary>
    private bool PassesUrl { get; init; }

    public override string? LimitOf(Check check) => (module, check) switch
    {
        ("proxy_scgi", Check.Chunked) => "mod_proxy_scgi answers an upload without a length with 411",
        ("proxy_uwsgi", Check.Chunked) => "mod_proxy_uwsgi answers an upload without a length with 411",
        ("proxy_uwsgi", Check.PathInfo) when PassesUrl => "mod_proxy_uwsgi answers a URL with %2F with 500 behind ProxyPass",
        (_, Check.LeftWhileSilent) => "sees that a browser has left only when it writes to it",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        var site = ExampleFile.Read($"webserver-examples/apache-{module.Replace("proxy_", "", StringComparison.Ordinal)}.conf");
        if (module == "fcgid")
            site = site.With("/fcgi-run ", $"/fcgi-run {string.Concat(options.Select(option => option + " "))}");
        if (change is not null)
            site = change(site);
        return await Apache.StartAsync(installation, site, module.StartsWith("proxy_", StringComparison.Ordinal) ? ["proxy", module] : [module], Port);
    }

    private static string UnixHandler(Gateway gateway, string scheme) => $"proxy:unix:{gateway.Socket}|{scheme}://{gateway.Name}";

    // As in the example's comment.
    private static ExampleFile Reuse(ExampleFile site) => site
        .With("# <Proxy ", "<Proxy ").With("#     ProxySet enablereuse=on", "ProxySet enablereuse=on").With("# </Proxy>", "</Proxy>");

    // Instead of SetHandler: Apache then knows no file, and says less.
    private static ExampleFile PassAll(ExampleFile site, string backend) => site.With("    Alias /cgi-bin/ /srv/cgi-bin/\n", $"    ProxyPass /cgi-bin/ {backend}\n");
}
