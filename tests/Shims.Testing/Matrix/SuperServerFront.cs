namespace Shims.Testing.Matrix;

/// <summary>A super-server with one of inetd-examples, which starts the program for an nginx in front of it.</summary>
/// <param name="name">Such as "scgi-run, xinetd tcp wait".</param>
/// <param name="gateway">The program.</param>
/// <param name="superServer">The super-server.</param>
/// <param name="address">Where it listens, as its example says.</param>
/// <param name="startAsync">Starts it, with options for the program.</param>
public sealed class SuperServerFront(string name, Gateway gateway, Product superServer, string address, Func<Installation, IReadOnlyList<string>, Task<Server>> startAsync)
    : Front(name, gateway)
{
    private static readonly Product s_openbsdInetd = Product.OfPackage("openbsd-inetd", "inetd", "openbsd-inetd");
    private static readonly Product s_inetutilsInetd = new("GNU inetutils inetd", InetutilsInetd.Package.ProgramPath, "--version");
    private static readonly Product s_xinetd = new("xinetd", Xinetd.Package.ProgramPath, "-version");
    private static readonly Product s_systemd = new("systemd-socket-activate", "systemd-socket-activate", "--version");
    private static readonly Product s_unixserver = Product.OfPackage("ucspi-unix", "unixserver", "ucspi-unix");
    private static readonly Product s_tcpserver = Product.OfPackage("ucspi-tcp", "tcpserver", "ucspi-tcp");
    private static readonly Product s_socat = new("socat", "socat", "-V");
    private static readonly Product s_spawnFcgi = new("spawn-fcgi", "spawn-fcgi", "-v");

    /// <summary>Super-servers whose programs are unpacked aside, not installed.</summary>
    public static IReadOnlyDictionary<Product, UnpackedPackage> Unpacked { get; } = new Dictionary<Product, UnpackedPackage>
    {
        [s_inetutilsInetd] = InetutilsInetd.Package,
        [s_xinetd] = Xinetd.Package,
    };

    /// <summary>The rows of the matrix.</summary>
    public static IReadOnlyList<SuperServerFront> All { get; } = [.. For(Gateway.Scgi), .. For(Gateway.FastCgi), SpawnFcgi];

    public override Product Product => superServer;

    public override string? BackendAddress => null;

    /// <summary>True if one process serves one connection.</summary>
    public bool HasProcessPerConnection { get; private init; } = true;

    private IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The same, with a program that stays beside the script: scgi-run for one connection otherwise becomes the script, and nobody is left to look after it.</summary>
    public Front Staying => Gateway == Gateway.Scgi && HasProcessPerConnection
        ? new SuperServerFront(Name + " --truthful", Gateway, superServer, address, startAsync) { Options = ["--truthful"] }
        : this;

    public override string? LimitOf(Check check) => check switch
    {
        Check.BrokenOff when superServer == s_socat => "takes the reset that tells of a broken reply for an end, and tells nginx of an end",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        Server server = await startAsync(installation, [.. Options, .. options]);
        try
        {
            Nginx nginx = await Nginx.StartAsync(installation,
                Gateway.NginxExample.With($"{Gateway.NginxWord}_pass unix:{Gateway.Socket};", $"{Gateway.NginxWord}_pass {(Address.IsUnix(address) ? "unix:" + address : address)};"), Port);
            nginx.Behind = server;
            return nginx;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private static IEnumerable<SuperServerFront> For(Gateway gateway) =>
    [
        .. new[] { ("unix nowait", gateway.Socket), ("unix wait", gateway.WaitSocket), ("tcp nowait", gateway.TcpAddress), ("tcp wait", gateway.WaitTcpAddress) }
            .Select(service => Row(gateway, $"openbsd-inetd {service.Item1}", s_openbsdInetd, service.Item2,
                async (installation, options) => await Inetd.StartAsync(installation, With(options, gateway.InetdExample)))),
        .. new[] { ("tcp nowait", gateway.TcpAddress), ("tcp wait", gateway.WaitTcpAddress) }
            .Select(service => Row(gateway, $"inetutils-inetd {service.Item1}", s_inetutilsInetd, service.Item2,
                async (installation, options) => await InetutilsInetd.StartAsync(installation, With(options, gateway.InetdExample), installation.AddressOf(service.Item2)))),
        .. new[] { ("tcp nowait", ""), ("tcp wait", "-wait") }
            .Select(service => Row(gateway, $"xinetd {service.Item1}", s_xinetd, gateway.TcpAddress, async (installation, options) => await Xinetd.StartAsync(installation,
                With(options, ExampleFile.Read($"inetd-examples/xinetd/{gateway.Name}{service.Item2}")).With($"= {gateway.FirstPort}", $"= {installation.PortOf(gateway.FirstPort)}"),
                installation.AddressOf(gateway.TcpAddress)))),
        Row(gateway, "systemd nowait (Accept=yes)", s_systemd, gateway.Socket, async (installation, options) => await SocketActivate.StartAsync(installation,
            ExampleFile.Read($"inetd-examples/systemd/{gateway.Name}.socket"), With(options, ExampleFile.Read($"inetd-examples/systemd/{gateway.Name}@.service")))),
        .. new[] { ("systemd wait (Accept=no)", false), ("systemd wait (LISTEN_FDS)", true) }
            .Select(service => Row(gateway, service.Item1, s_systemd, gateway.Socket, async (installation, options) => await SocketActivate.StartAsync(installation,
                ExampleFile.Read($"inetd-examples/systemd/{gateway.Name}-wait.socket"), With(options, ExampleFile.Read($"inetd-examples/systemd/{gateway.Name}-wait.service"))
                    // systemd would start it again after that; systemd-socket-activate has become the program, and would not.
                    .With("--idle 60", "--idle 3600"), onDescriptor3: service.Item2))),
        Row(gateway, "unixserver nowait", s_unixserver, gateway.Socket, async (installation, options) => await RunScript.StartAsync(installation,
            With(options, ExampleFile.Read($"inetd-examples/ucspi/{gateway.Name}-unixserver"))
                .With("-u 33 -g 33 -o 33 -r 33", $"-u {CurrentUser.Id} -g {CurrentUser.GroupId} -o {CurrentUser.Id} -r {CurrentUser.GroupId}"),
            installation.AddressOf(gateway.Socket))),
        Row(gateway, "tcpserver nowait", s_tcpserver, gateway.TcpAddress, async (installation, options) => await RunScript.StartAsync(installation,
            With(options, ExampleFile.Read($"inetd-examples/ucspi/{gateway.Name}-tcpserver"))
                // Without root it cannot change to another user, and refuses even to stay the same one.
                .With("-u 33 -g 33 ", "")
                .With($"127.0.0.1 {gateway.FirstPort}", $"127.0.0.1 {installation.PortOf(gateway.FirstPort)}"),
            installation.AddressOf(gateway.TcpAddress))),
        Row(gateway, "socat EXEC nowait", s_socat, gateway.Socket, async (installation, options) => await RunScript.StartAsync(installation,
            With(options, ExampleFile.Read($"inetd-examples/socat/{gateway.Name}")), installation.AddressOf(gateway.Socket))),
    ];

    private static SuperServerFront SpawnFcgi => Row(Gateway.FastCgi, "spawn-fcgi wait", s_spawnFcgi, Gateway.FastCgi.Socket, async (installation, options) => await RunScript.StartAsync(installation,
        With(options, ExampleFile.Read("inetd-examples/ucspi/fcgi-run-spawn-fcgi")).With("-u www-data -g www-data -U www-data -G www-data ", ""),
        installation.AddressOf(Gateway.FastCgi.Socket)));

    private static SuperServerFront Row(Gateway gateway, string name, Product superServer, string address, Func<Installation, IReadOnlyList<string>, Task<Server>> startAsync) =>
        new($"{gateway.Name}, {name}", gateway, superServer, address, startAsync)
        {
            HasProcessPerConnection = name.Contains("nowait", StringComparison.Ordinal),
            IsQuick = name is "openbsd-inetd unix nowait" or "systemd wait (LISTEN_FDS)",
        };

    private static ExampleFile With(IReadOnlyList<string> options, ExampleFile example) =>
        options.Count == 0 ? example : example.With(" /srv/cgi-bin/", $" {string.Join(' ', options)} /srv/cgi-bin/");
}
