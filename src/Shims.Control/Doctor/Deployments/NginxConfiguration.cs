using Shims.Control.Doctor.Configurations;
using Shims.Control.Doctor.Fixes;
using Shims.Gateway.Connections;

namespace Shims.Control.Doctor.Deployments;

/// <summary>What a file of nginx's configuration says, in its place in the whole where that can be found.</summary>
internal sealed class NginxConfiguration
{
    private static readonly string[] s_mainFiles =
        ["/etc/nginx/nginx.conf", "/usr/local/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf", "/opt/homebrew/etc/nginx/nginx.conf"];

    private readonly IReadOnlyList<Directive> _directives;
    private readonly Dictionary<string, Word> _upstreams;

    private NginxConfiguration(string path, string? main, IReadOnlyList<Directive> directives, IReadOnlyList<Finding> faults)
    {
        (Path, Main, _directives, Faults) = (path, main, directives, faults);
        _upstreams = directives.SelectMany(directive => directive.All).Where(directive => directive.Is("upstream"))
            .Select(upstream => (upstream.Argument, Server: upstream.Contents.FirstOrDefault(entry => entry.Is("server"))?.Arguments.FirstOrDefault()))
            .Where(pair => pair.Server is not null).GroupBy(pair => pair.Argument).ToDictionary(group => group.Key, group => group.First().Server!);
    }

    internal string Path { get; }

    /// <summary>The file that nginx itself is told to read; null if it is not known which one that is.</summary>
    internal string? Main { get; }

    internal IReadOnlyList<Finding> Faults { get; }

    /// <summary>The locations that send requests to a socket, in this file and those that it includes.</summary>
    internal IReadOnlyList<NginxLocation> Locations => [.. FindLocations(new Directive("", [], new Place(Path, 1)) { Block = _directives }, []).Where(IsInScope)];

    /// <summary>Who the workers run as; null if nothing is said.</summary>
    internal string? User => Directive.Flatten(_directives).LastOrDefault(directive => directive.Is("user"))?.Argument;

    /// <summary>Reads a file.</summary>
    internal static NginxConfiguration Load(string path)
    {
        var faults = new List<Finding>();
        string folder = System.IO.Path.GetDirectoryName(path) ?? "/";
        IReadOnlyList<Directive> own = NginxReader.Parse(ConfigurationFile.TryRead(path) ?? "", path, []);
        if (own.Any(directive => directive.Name is "http" or "events"))
            return new NginxConfiguration(path, path, NginxReader.Read(path, folder, faults), faults);
        foreach (string main in s_mainFiles.Where(File.Exists))
        {
            IReadOnlyList<Directive> whole = NginxReader.Read(main, System.IO.Path.GetDirectoryName(main)!, faults);
            if (whole.SelectMany(directive => directive.All).Any(directive => directive.Place.File == path))
                return new NginxConfiguration(path, main, whole, [.. faults.Where(fault => fault.Subject.StartsWith($"{path}:", StringComparison.Ordinal))]);
            faults.Clear();
        }
        string prefix = Array.Find(s_mainFiles, File.Exists) is { } installed && !File.Exists(System.IO.Path.Join(folder, "scgi_params")) ? System.IO.Path.GetDirectoryName(installed)! : folder;
        return new NginxConfiguration(path, null, NginxReader.Read(path, prefix, faults), faults);
    }

    /// <summary>The routes of the locations.</summary>
    internal IEnumerable<Route> Routes => Locations.Select(ToRoute);

    internal Route ToRoute(NginxLocation location)
    {
        Word? address = AddressOf(location.Pass);
        return new Route("nginx", location.Pass.Place, location.Pass.Name, Protocols.OfWord(location.Word)!)
        {
            Address = address is null ? null : SocketAddress.Parse(address.Text),
            AddressPlace = address?.Place ?? location.Pass.Place,
            WebUser = User,
            KeepsConnections = location.Block.Contents.Any(directive => directive.Is("fastcgi_keep_conn") && directive.Argument == "on"),
            UrlPrefix = location.Pattern.LiteralPrefix,
            Takes = location.Pattern.Takes,
            Settings = location.Parameters,
            Variables = path => location.Evaluate(path),
            ScriptFile = location.Parameter("SCRIPT_FILENAME") is { Arguments: [_, var value, ..] } ? value : null,
            CureScriptFile = (path, file) => NginxCures.ScriptFile(location, path, file),
            CureMount = () => NginxCures.Mount(location),
            Reload = RunningServers.ReloadCommand(Main ?? Path, "HUP", ShellCommand.Of("nginx", "-s", "reload"), "nginx"),
        };
    }

    /// <summary>The address of a pass, or of the first server of the upstream that it names; null if it is a variable.</summary>
    private Word? AddressOf(Directive pass)
    {
        if (pass.Arguments.Count == 0 || pass.Argument.Contains('$'))
            return null;
        return _upstreams.GetValueOrDefault(pass.Argument, pass.Arguments[0]);
    }

    private bool IsInScope(NginxLocation location) => Main is null || Main == Path || location.Pass.Place.File == Path;

    private static IEnumerable<NginxLocation> FindLocations(Directive block, IReadOnlyList<Directive> outer)
    {
        IReadOnlyList<Directive> chain = [.. outer, block];
        foreach (Directive directive in block.Contents)
        {
            if (directive.Name is "scgi_pass" or "fastcgi_pass")
                yield return new NginxLocation(chain, directive);
            foreach (NginxLocation inner in directive.Block.Count > 0 ? FindLocations(directive, chain) : [])
                yield return inner;
        }
    }
}
