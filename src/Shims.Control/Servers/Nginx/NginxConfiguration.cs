using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Nginx;

/// <summary>A file of nginx's configuration, read in its place in the whole where that can be found.</summary>
internal sealed partial class NginxConfiguration : IConfiguration
{
    internal static string[] Files { get; } =
        ["/etc/nginx/nginx.conf", "/usr/local/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf",
            "/opt/homebrew/etc/nginx/nginx.conf"];

    private readonly IReadOnlyList<Directive> _directives;
    private readonly Dictionary<string, Token> _upstreams;

    private NginxConfiguration(string path, string? main, IReadOnlyList<Directive> directives, IReadOnlyList<Finding> faults)
    {
        (Path, Main, _directives, Faults) = (path, main, directives, faults);
        _upstreams = directives.SelectMany(directive => directive.All).Where(directive => directive.Is("upstream"))
            .Select(upstream =>
                (upstream.Argument, Server: upstream.Contents.FirstOrDefault(entry => entry.Is("server"))?.Arguments.FirstOrDefault()))
            .Where(pair => pair.Server is not null).GroupBy(pair => pair.Argument)
                .ToDictionary(group => group.Key, group => group.First().Server!);
    }

    internal string Path { get; }

    /// <summary>The file that nginx itself is told to read; null if it is not known which one that is.</summary>
    internal string? Main { get; }

    internal IReadOnlyList<Finding> Faults { get; }

    /// <summary>The locations that send requests to a socket, in this file and those that it includes.</summary>
    internal IReadOnlyList<NginxLocation> Locations =>
        [.. FindLocations(new Directive("", [], new SourceLocation(Path, 1)) { Block = _directives }, []).Where(IsInScope)];

    /// <summary>The user that the workers run as; null if the configuration does not say.</summary>
    internal string? User => Directive.Flatten(_directives).LastOrDefault(directive => directive.Is("user"))?.Argument;

    internal static bool Recognises(string path, string text) => Form().IsMatch(text);

    /// <summary>Reads a file.</summary>
    internal static NginxConfiguration Load(string path, string text)
    {
        var faults = new List<Finding>();
        string folder = System.IO.Path.GetDirectoryName(path) ?? "/";
        IReadOnlyList<Directive> own = NginxReader.Parse(text, path, []);
        if (own.Any(directive => directive.Name is "http" or "events"))
            return new NginxConfiguration(path, path, NginxReader.Read(path, folder, faults), faults);
        foreach (string main in Files.Where(File.Exists))
        {
            IReadOnlyList<Directive> whole = NginxReader.Read(main, System.IO.Path.GetDirectoryName(main)!, faults);
            if (whole.SelectMany(directive => directive.All).Any(directive => directive.Place.File == path))
                return new NginxConfiguration(path, main, whole,
                    [.. faults.Where(fault => fault.Subject.StartsWith($"{path}:", StringComparison.Ordinal))]);
            faults.Clear();
        }
        string prefix = Array.Find(Files, File.Exists) is { } installed && !File.Exists(System.IO.Path.Join(folder, "scgi_params"))
            ? System.IO.Path.GetDirectoryName(installed)!
            : folder;
        return new NginxConfiguration(path, null, NginxReader.Read(path, prefix, faults), faults);
    }

    public IEnumerable<Upstream> Upstreams => Locations.Select(ToUpstream);

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        foreach (Finding fault in Faults)
            yield return fault;
        if (settings.MayRun && Faults.Count == 0 && Main is { } main)
        {
            foreach (Finding finding in ServerCheck.Run(["nginx"], ["-t", "-q", "-c", main], main))
                yield return finding;
        }
        foreach (Finding finding in NginxChecks.ExamineOtherPasses(_directives.SelectMany(directive => directive.All), set))
            yield return finding;
        foreach (Finding finding in SideBySide.Run(Locations, location => Examine(location, set, settings)))
            yield return finding;
    }

    private IEnumerable<Finding> Examine(NginxLocation location, ConfigurationSet set, DoctorSettings settings)
    {
        Upstream upstream = ToUpstream(location);
        Service? service = upstream.Address is { } address ? set.ServiceAt(address) : null;
        return NginxChecks.ExamineWrongPass(location, upstream, service) is { } wrong
            ? [wrong]
            : NginxChecks.Examine(location, upstream).Concat(NginxChecks.ExamineOrders(location, upstream, service)).Concat(NginxChecks.ExamineRetries(location, upstream, GroupOf(location.Pass)))
                .Concat(UpstreamChecks.ExamineAll([upstream], set, settings));
    }

    internal Upstream ToUpstream(NginxLocation location)
    {
        Token? address = AddressOf(location.Pass);
        return new Upstream("nginx", location.Pass.Place, location.Pass.Name, Protocols.OfWord(location.Word)!)
        {
            CanSpeak = [Protocols.Scgi, Protocols.FastCgi, Protocols.Uwsgi],
            Address = address is null ? null : SocketAddress.Parse(address.Text),
            AddressPlace = address?.Place ?? location.Pass.Place,
            WebUser = User,
            KeepsConnections = location.Block.Contents.Any(directive => directive.Is("fastcgi_keep_conn") && directive.Argument == "on"),
            UrlPrefix = location.Pattern.LiteralPrefix,
            Site = location.Site,
            Takes = location.Takes,
            Settings = location.Parameters,
            Variables = path => location.Evaluate(path),
            ScriptFile = location.Parameter("SCRIPT_FILENAME") is { Arguments: [_, var value, ..] } ? value : null,
            FixScriptFile = (path, file) => NginxFixes.ScriptFile(location, path, file),
            FixMount = () => NginxFixes.Mount(location),
            FixProtocol = protocol => NginxFixes.Protocol(location, protocol.Word),
            Reload = Reload,
        };
    }

    /// <summary>The command for the nginx that reads this configuration: several may run, and each has a file with its number.</summary>
    private ShellCommand? Reload
    {
        get
        {
            ShellCommand? otherwise = Main is null || Main == Files[0]
                ? ShellCommand.Of("nginx", "-s", "reload")
                : ShellCommand.Of("nginx", "-c", Main, "-s", "reload");
            string? pidFile = Directive.Flatten(_directives).LastOrDefault(directive => directive.Is("pid"))?.Argument;
            return RunningServers.FindByFile(pidFile, "nginx") is { } id
                ? ShellCommand.Of("kill", "-HUP", id.ToString(CultureInfo.InvariantCulture))
                : RunningServers.ReloadCommand(Main ?? Path, "HUP", otherwise, "nginx");
        }
    }

    /// <summary>The address of a pass, or of the first server of the upstream that it names; null if it is a variable.</summary>
    private Token? AddressOf(Directive pass)
    {
        if (pass.Arguments.Count == 0 || pass.Argument.Contains('$'))
            return null;
        return _upstreams.GetValueOrDefault(pass.Argument, pass.Arguments[0]);
    }

    /// <summary>The servers of the upstream that a pass names; none if it names an address.</summary>
    private IEnumerable<Directive> GroupOf(Directive pass) => _directives.SelectMany(static directive => directive.All)
        .Where(directive => directive.Is("upstream") && directive.Argument == pass.Argument).SelectMany(static upstream => upstream.Contents.Where(static entry => entry.Is("server")));

    private bool IsInScope(NginxLocation location) => Main is null || Main == Path || location.Pass.Place.File == Path;

    private static IEnumerable<NginxLocation> FindLocations(Directive block, IReadOnlyList<Directive> outer)
    {
        IReadOnlyList<Directive> chain = [.. outer, block];
        foreach (Directive directive in block.Contents)
        {
            if (directive.Name is "scgi_pass" or "fastcgi_pass" or "uwsgi_pass")
                yield return new NginxLocation(chain, directive);
            foreach (NginxLocation inner in directive.Block.Count > 0 ? FindLocations(directive, chain) : [])
                yield return inner;
        }
    }

    [GeneratedRegex(@"^\s*((http|server|events|location\s[^;{}]*|upstream\s+\S+)\s*\{"
        + @"|(scgi|fastcgi|uwsgi|proxy)_(pass|param)\s[^;]*;|server_name\s[^;]*;)", RegexOptions.Multiline)]
    private static partial Regex Form();
}
