namespace Shims.Testing.Matrix;

/// <summary>Apache with webserver-examples/apache-ajp.conf (mod_proxy_ajp) or apache-jk.conf (mod_jk).</summary>
/// <param name="name">The row's name.</param>
/// <param name="change">What is different from the example.</param>
public sealed class AjpFront(string name, Func<ExampleFile, ExampleFile>? change = null) : Front(name, Gateway.Ajp)
{
    private const string Secret = "open-sesame", Unix = "\"unix:/run/shims/ajp.sock|ajp://ajp-run/cgi-bin/\" nocanon ping=5", Tcp = "\"ajp://127.0.0.1:8009/cgi-bin/\" nocanon";

    private static readonly Product s_apache = new("Apache", "apache2", "-v"), s_jk = Product.OfPackage("mod_jk", "apache2", "libapache2-mod-jk");

    public static IEnumerable<Front> All =>
    [
        new AjpFront("apache-ajp") { IsQuick = true },
        new AjpFront("apache-ajp-tcp", static site => site.With(Unix, Tcp)) { IsTcp = true },
        new AjpFront("apache-ajp-secret", static site => site.With(Unix, $"{Tcp} ping=5 secret={Secret}")) { IsTcp = true, HasSecret = true },
        new AjpFront("apache-ajp-once", static site => site.With(Unix, "\"unix:/run/shims/ajp.sock|ajp://ajp-run/cgi-bin/\" nocanon disablereuse=on flushpackets=on")),
        new AjpFront("apache-ajp-64k", static site => site.With(Unix, Tcp).With("ProxyTimeout 60", "ProxyTimeout 60\nProxyIOBufferSize 65536")) { IsTcp = true },
        new AjpFront("apache-jk", static site => site.With("# The secret belongs", $"JkWorkerProperty worker.shims.secret={Secret}\n# The secret belongs")) { IsTcp = true, HasSecret = true, IsJk = true, IsQuick = true },
    ];

    public override Product Product => IsJk ? s_jk : s_apache;

    public override string? BackendAddress => IsTcp ? Gateway.TcpAddress : Gateway.Socket;

    private bool IsTcp { get; init; }

    private bool HasSecret { get; init; }

    private bool IsJk { get; init; }

    public override string? LimitOf(Check check) => check switch
    {
        Check.LeftWhileSilent => "sees that a browser has left only when it writes to it",
        // If nothing has been sent yet, it does show that the page broke off: that is a matter of chance.
        Check.BrokenOff or Check.OutOfTime when IsJk => "puts an error page of its own behind what it has sent of a page that broke off, and ends it well, unless the script has said how long it is",
        _ => null,
    };

    public override IReadOnlyList<string> ProgramOptions(Installation installation)
    {
        if (!HasSecret)
            return IsTcp ? ["--insecure-no-secret"] : [];
        string file = installation.Folder.Write("ajp-secret", Secret + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return ["--secret-file", file];
    }

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        var site = ExampleFile.Read($"webserver-examples/{(IsJk ? "apache-jk" : "apache-ajp")}.conf");
        if (IsJk)
            site = site.With("worker.shims.port=8009", $"worker.shims.port={installation.PortOf(8009)}");
        return await Apache.StartAsync(installation, change is null ? site : change(site), IsJk ? ["jk"] : ["proxy", "proxy_ajp"], Port);
    }
}
