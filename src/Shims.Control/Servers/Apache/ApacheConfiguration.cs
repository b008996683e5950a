using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Apache;

/// <summary>A file of Apache's configuration, read in its place in the whole where that can be found.</summary>
internal sealed partial class ApacheConfiguration : IConfiguration
{
    internal static string[] Files { get; } =
        ["/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf", "/usr/local/etc/apache24/httpd.conf",
            "/usr/local/apache2/conf/httpd.conf"];

    private readonly Directive[] _all;
    private readonly ApacheRules _rules;
    private readonly ProxySecrets _secrets;

    private ApacheConfiguration(string path, string? main, IReadOnlyList<Directive> directives, IReadOnlyList<Finding> faults)
    {
        (Path, Main, Faults) = (path, main, faults);
        _all = [.. directives.SelectMany(directive => directive.All)];
        _secrets = new ProxySecrets(_all);
        HashSet<string> modules = [.. _all.Where(directive => directive.Is("LoadModule")).Select(directive => directive.Argument)];
        LoadedModules = modules;
        Sections = [.. FindSections(new Directive("", [], new SourceLocation(path, 1)) { Block = directives }, modules)];
        _rules = new ApacheRules(Sections, [.. _all.Where(directive => directive.Is("VirtualHost"))]);
    }

    internal string Path { get; }

    /// <summary>The file that Apache itself is told to read; null if it is not known which one that is.</summary>
    internal string? Main { get; }

    internal IReadOnlyList<Finding> Faults { get; }

    /// <summary>Names such as proxy_fcgi_module; none where the file at hand loads none.</summary>
    internal IReadOnlySet<string> LoadedModules { get; }

    /// <summary>Everything that holds settings: the file itself, sites, directories, locations.</summary>
    internal IReadOnlyList<ApacheSection> Sections { get; }

    /// <summary>The user that Apache runs as; null if the configuration does not say, or only by a variable.</summary>
    internal string? User =>
        _all.LastOrDefault(directive => directive.Is("User"))?.Argument is { } user && !user.Contains('$') ? user : null;

    /// <summary>Alias and ScriptAlias: which path of the site means which folder.</summary>
    internal IEnumerable<Directive> Aliases =>
        _all.Where(directive => (directive.Is("Alias") || directive.Is("ScriptAlias")) && directive.Arguments.Count > 1);

    internal static bool Recognises(string path, string text) => Form().IsMatch(text);

    /// <summary>Reads a file.</summary>
    internal static ApacheConfiguration Load(string path, string text)
    {
        var faults = new List<Finding>();
        string folder = System.IO.Path.GetDirectoryName(path) ?? "/";
        IReadOnlyList<Directive> own = ApacheReader.Parse(text, path, []);
        if (Files.Contains(path) || own.Any(directive => directive.Is("ServerRoot") || directive.Is("LoadModule")))
            return new ApacheConfiguration(path, path, ApacheReader.Read(path, folder, faults), faults);
        foreach (string main in Files.Where(File.Exists))
        {
            IReadOnlyList<Directive> whole = ApacheReader.Read(main, System.IO.Path.GetDirectoryName(main)!, faults);
            if (whole.SelectMany(directive => directive.All).Any(directive => directive.Place.File == path))
                return new ApacheConfiguration(path, main, whole,
                    [.. faults.Where(fault => fault.Subject.StartsWith($"{path}:", StringComparison.Ordinal))]);
            faults.Clear();
        }
        return new ApacheConfiguration(path, null, ApacheReader.Read(path, folder, faults), faults);
    }

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        // Debian's main file cannot be read without the variables of its envvars, which only apachectl knows.
        IEnumerable<Finding> own = settings.MayRun && Faults.Count == 0 && Main is { } main
            ? ServerCheck.Run(main.StartsWith("/etc/", StringComparison.Ordinal) ? ["apachectl", "apache2ctl"] : ["apache2", "httpd"],
                ["-t", "-f", main], main)
            : [];
        return Faults.Concat(own).Concat(ApacheChecks.Examine(this)).Concat(UpstreamChecks.ExamineAll(Upstreams, set, settings));
    }

    /// <summary>The directives that send requests to a socket, or to a program that mod_fcgid starts.</summary>
    public IEnumerable<Upstream> Upstreams => _all.Where(IsInScope).Select(ToUpstream).OfType<Upstream>()
        .Concat(JkWorkers.Leading(_all, IsInScope).Select(upstream => upstream with { WebUser = User, Reload = Reload }));

    internal bool IsInScope(Directive directive) => Main is null || Main == Path || directive.Place.File == Path;

    private Upstream? ToUpstream(Directive directive)
    {
        if (directive.Is("SetHandler") || directive.Is("ProxyPass") || directive.Is("ProxyPassMatch") || directive.Is("BalancerMember"))
            return directive.Arguments.FirstOrDefault(argument => Backend().IsMatch(argument.Text)) is { } target
                ? ToProxyUpstream(directive, target)
                : null;
        if (!directive.Is("FcgidWrapper") && !directive.Is("FCGIWrapper"))
            return null;
        return NewUpstream(directive, Protocols.FastCgi) with
        {
            Own = new Service("mod_fcgid", directive.Place)
            {
                Command = ProgramCommand.Parse(directive.Argument),
                User = User,
                Reload = Reload,
            },
        };
    }

    private Upstream ToProxyUpstream(Directive directive, Token target)
    {
        Match match = Backend().Match(target.Text);
        Protocol protocol = Protocols.Known.First(known =>
            known.Scheme.Equals(match.Groups["scheme"].Value, StringComparison.OrdinalIgnoreCase));
        ApacheSection? section = Sections.FirstOrDefault(candidate => candidate.Settings.Contains(directive));
        string? mount = directive.Is("SetHandler") ? section?.UrlFor(Aliases)
            : directive.Is("BalancerMember") ? null
            : directive.Arguments[0] != target ? directive.Argument
            : section?.Argument;
        Token? secret = protocol == Protocols.Ajp13 ? _secrets.Of(directive, target.Text) : null;
        Upstream upstream = NewUpstream(directive, protocol) with
        {
            Address = match.Groups["path"] is { Success: true } path
                ? SocketAddress.Unix(path.Value)
                : SocketAddress.Parse(match.Groups["host"].Value),
            SecretToken = secret,
            UrlPrefix = mount ?? "/",
            Takes = url => (mount is null || url == mount.TrimEnd('/') || url.StartsWith(mount.TrimEnd('/') + "/", StringComparison.Ordinal))
                && _rules.LetThrough(directive, url),
        };
        // With ProxyPass there is no file, and what the gateway makes of the URL depends on more than this line.
        if (directive.Is("SetHandler") && section?.FolderFor(Aliases) is { } folder && mount is not null)
            return upstream with
            {
                Variables = url => VariablesFor(url, mount, folder, match.Groups["scheme"].Value),
                ScriptFile = new Token(folder, section.Place),
                FixScriptFile = (_, file) => FixFolder(mount, folder, file),
            };
        // Over AJP13 and uwsgi the URL alone leads to the script, on both sides the same one, as far as this line says so.
        if (directive.Is("ProxyPass") && protocol.NamesUrlOnly && mount is not null && match.Groups["rest"].Value.TrimEnd('/') == mount.TrimEnd('/'))
            return upstream with
            {
                Variables = url => protocol == Protocols.Ajp13
                    ? new Dictionary<string, string> { ["REQUEST_URI"] = string.Join('/', url.Split('/').Select(Uri.EscapeDataString)) }
                    : new Dictionary<string, string> { ["SCRIPT_NAME"] = "", ["PATH_INFO"] = url, ["REQUEST_URI"] = url },
            };
        return upstream;
    }

    /// <summary>Apache writes the backend's address before the file, and divides the path where the file ends.</summary>
    private static Dictionary<string, string> VariablesFor(string url, string mount, string folder, string scheme)
    {
        string rest = url[Math.Min(url.Length, mount.Length)..].TrimStart('/');
        string file = rest.Length == 0 && !folder.EndsWith('/') ? folder : folder.TrimEnd('/') + "/" + rest;
        int end = file.Length;
        for (int slash = end; slash > 0; slash = file.LastIndexOf('/', slash - 1))
        {
            if (File.Exists(file[..slash]))
                end = slash;
        }
        string pathInfo = url.EndsWith(file[end..], StringComparison.Ordinal) ? file[end..] : "";
        return new()
        {
            ["SCRIPT_FILENAME"] = $"proxy:{scheme}://gateway/{file[..^pathInfo.Length]}",
            ["SCRIPT_NAME"] = url[..^pathInfo.Length],
            ["PATH_INFO"] = pathInfo,
            ["REQUEST_URI"] = url,
        };
    }

    /// <summary>The alias that leads to the wrong folder is led to the right one.</summary>
    private (LineEdit? Fix, string? Line) FixFolder(string mount, string folder, string file)
    {
        string wanted = System.IO.Path.GetDirectoryName(file) + (folder.EndsWith('/') ? "/" : "");
        Directive? alias = Aliases.FirstOrDefault(candidate => candidate.Argument.TrimEnd('/') == mount.TrimEnd('/'));
        return alias is null
            ? (null, null)
            : (ConfigurationEdit.Replace(alias.Place, alias.Arguments[1].Text, wanted),
                $"{alias.Name} {alias.Argument} {wanted}, and <Directory {wanted.TrimEnd('/')}> likewise");
    }

    private Upstream NewUpstream(Directive directive, Protocol protocol) => new("Apache", directive.Place, directive.Name, protocol)
    {
        WebUser = User,
        Reload = Reload,
    };

    internal ShellCommand? Reload =>
        RunningServers.ReloadCommand(Main ?? Path, "USR1", ShellCommand.Of("apachectl", "graceful"), "apache2", "httpd");

    private static IEnumerable<ApacheSection> FindSections(Directive block, HashSet<string> modules)
    {
        Directive[] contents = [.. Settings(block, modules)];
        yield return new ApacheSection(block, contents);
        foreach (Directive inner in contents.Where(directive => directive.Block.Count > 0))
        {
            foreach (ApacheSection section in FindSections(inner, modules))
                yield return section;
        }
    }

    /// <summary>Conditions that hold, as far as that is known, are as good as not there.</summary>
    private static IEnumerable<Directive> Settings(Directive block, HashSet<string> modules) => block.Contents.SelectMany(directive =>
        directive.Is("IfModule") ? Holds(directive.Argument, modules) ? Settings(directive, modules) : [] : [directive]);

    private static bool Holds(string condition, HashSet<string> modules)
    {
        if (modules.Count == 0)
            return !condition.StartsWith('!');
        string name = condition.TrimStart('!');
        bool isLoaded = modules.Contains(name)
            || modules.Contains(name.Replace("mod_", "", StringComparison.Ordinal).Replace(".c", "_module", StringComparison.Ordinal));
        return isLoaded != condition.StartsWith('!');
    }

    [GeneratedRegex(@"^(?:proxy:)?(?:unix:(?<path>[^|]+)\|)?(?<scheme>scgi|fcgi|uwsgi|ajp)://(?<host>[^/]*)(?<rest>.*)", RegexOptions.IgnoreCase)]
    private static partial Regex Backend();

    [GeneratedRegex(@"^\s*(<(VirtualHost|Directory|DirectoryMatch|Location|LocationMatch|Files|FilesMatch|IfModule|IfDefine|Proxy|Macro)\b"
        + @"[^>]*>|(LoadModule|ServerRoot|SetHandler|AddHandler|ScriptAlias|ProxyPass|FcgidWrapper|JkMount|JkWorkersFile|IncludeOptional)\s+\S[^;]*$)",
        RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}

/// <summary>A part of Apache's configuration that settings hold for.</summary>
/// <param name="Directive">Which: a Directory, a Location, a VirtualHost; nameless for the files as a whole.</param>
/// <param name="Settings">What stands in it.</param>
internal sealed record ApacheSection(Directive Directive, IReadOnlyList<Directive> Settings)
{
    internal SourceLocation Place => Directive.Place;

    internal string Argument => Directive.Argument;

    /// <summary>The folder that it is about; null if it is about no folder, or about many.</summary>
    internal string? Folder =>
        Directive.Is("Directory") && Argument.StartsWith('/') && !Argument.AsSpan().ContainsAny('*', '?', '[') ? Argument : null;

    /// <summary>The last setting of a name.</summary>
    internal Directive? this[string name] => Settings.LastOrDefault(directive => directive.Is(name));

    /// <summary>The path of the site that leads here; null if that cannot be told.</summary>
    internal string? UrlFor(IEnumerable<Directive> aliases) => Directive.Is("Location") ? Argument : AliasOf(aliases)?.Argument;

    /// <summary>The folder whose files are asked for here; null if that cannot be told.</summary>
    internal string? FolderFor(IEnumerable<Directive> aliases) => Directive.Is("Location")
        ? aliases.FirstOrDefault(alias => alias.Argument.TrimEnd('/') == Argument.TrimEnd('/'))?.Arguments[1].Text
        : AliasOf(aliases)?.Arguments[1].Text;

    private Directive? AliasOf(IEnumerable<Directive> aliases) =>
        Folder is null ? null : aliases.FirstOrDefault(alias => alias.Arguments[1].Text.TrimEnd('/') == Folder.TrimEnd('/'));
}
