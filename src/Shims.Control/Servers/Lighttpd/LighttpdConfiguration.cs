using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>A file of lighttpd's configuration, read in its place in the whole where that can be found.</summary>
internal sealed partial class LighttpdConfiguration : IConfiguration
{
    internal static string[] Files { get; } = ["/etc/lighttpd/lighttpd.conf", "/usr/local/etc/lighttpd/lighttpd.conf"];

    private readonly IReadOnlyList<LighttpdAssignment> _assignments;

    private LighttpdConfiguration(string path, string? main, IReadOnlyList<LighttpdAssignment> assignments,
        IReadOnlyList<Finding> faults) =>
        (Path, Main, _assignments, Faults) = (path, main, assignments, faults);

    internal string Path { get; }

    /// <summary>The file that lighttpd itself is told to read; null if it is not known which one that is.</summary>
    internal string? Main { get; }

    internal IReadOnlyList<Finding> Faults { get; }

    /// <summary>The user that lighttpd runs as; null if the configuration does not say.</summary>
    internal string? User => Last("server.username")?.Value.Text;

    /// <summary>The sockets and programs that requests are sent to.</summary>
    internal IEnumerable<LighttpdBackend> Backends =>
        _assignments.Where(assignment => assignment.Name is "fastcgi.server" or "scgi.server" or "ajp13.server" && IsInScope(assignment.Place))
            .SelectMany(BackendsOf);

    public IEnumerable<Upstream> Upstreams => Backends.Select(ToUpstream);

    /// <summary>Without a service manager it has to be ended and started again.</summary>
    internal ShellCommand? Reload =>
        RunningServers.RestartCommand(Main ?? Path,
            Main is null || Main.StartsWith("/etc/", StringComparison.Ordinal)
                ? ShellCommand.Of("service", "lighttpd", "restart")
                : ShellCommand.Of("lighttpd", "-f", Main),
            "lighttpd");

    internal static bool Recognises(string path, string text) => Form().IsMatch(text);

    /// <summary>Reads a file.</summary>
    internal static LighttpdConfiguration Load(string path, string text)
    {
        var faults = new List<Finding>();
        IReadOnlyList<LighttpdAssignment> own = LighttpdReader.Read(text, path, faults);
        if (Files.Contains(path) || own.Any(assignment => assignment.Name == "server.port" && assignment.Conditions.Count == 0))
            return new LighttpdConfiguration(path, path, own, faults);
        foreach (string main in Files.Where(File.Exists))
        {
            IReadOnlyList<LighttpdAssignment> whole = LighttpdReader.Read(ConfigurationFile.TryRead(main) ?? "", main, []);
            if (whole.Any(assignment => assignment.Place.File == path))
                return new LighttpdConfiguration(path, main, whole, faults);
        }
        return new LighttpdConfiguration(path, null, own, faults);
    }

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        IEnumerable<Finding> own = settings.MayRun && Faults.Count == 0 && Main is { } main
            ? ServerCheck.Run(["lighttpd"], ["-tt", "-f", main], main)
            : [];
        return Faults.Concat(own).Concat(LighttpdChecks.Examine(this)).Concat(UpstreamChecks.ExamineAll(Upstreams, set, settings));
    }

    /// <summary>True if a module is loaded; null where the file at hand does not say which are.</summary>
    internal bool? HasModule(string name)
    {
        LighttpdAssignment[] modules = [.. _assignments.Where(assignment => assignment.Name == "server.modules")];
        bool isLoaded = modules.Any(assignment => assignment.Value.Entries.Any(entry => entry.Value.Text == name));
        return isLoaded ? true : modules.Length == 0 || Main is null ? null : false;
    }

    /// <summary>A setting that holds everywhere, or in the same block.</summary>
    internal string? DocumentRoot(LighttpdBackend backend) => SettingFor(backend, "server.document-root");

    private string? SettingFor(LighttpdBackend backend, string name) => _assignments
        .LastOrDefault(assignment => assignment.Name == name
            && assignment.Conditions.SequenceEqual(backend.Conditions.Take(assignment.Conditions.Count)))
            ?.Value.Text;

    private LighttpdAssignment? Last(string name) => _assignments.LastOrDefault(assignment => assignment.Name == name);

    private bool IsInScope(SourceLocation place) => Main is null || Main == Path || place.File == Path;

    private static IEnumerable<LighttpdBackend> BackendsOf(LighttpdAssignment assignment) =>
        from entry in assignment.Value.Entries
        where entry.Key?.Text is not null
        from host in entry.Value.Entries
        where host.Value.Entries.Count > 0
        select new LighttpdBackend(assignment.Name[..assignment.Name.IndexOf('.')], entry.Key!.Text!,
            entry.Key.Place, host.Value, assignment.Conditions);

    private Upstream ToUpstream(LighttpdBackend backend)
    {
        LighttpdValue? program = backend.Settings["bin-path"], socket = backend.Settings["socket"];
        // mod_scgi speaks either.
        Protocol protocol = backend.Word == Protocols.Scgi.Word && SettingFor(backend, "scgi.protocol") == Protocols.Uwsgi.Word
            ? Protocols.Uwsgi
            : Protocols.OfWord(backend.Word)!;
        SocketAddress? address = socket?.Text is { } path ? SocketAddress.Unix(path)
            : int.TryParse(backend.Settings["port"]?.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                ? SocketAddress.Tcp(backend.Settings["host"]?.Text, port)
                : null;
        if (protocol == Protocols.Ajp13)
            return ToAjpUpstream(backend, address, socket);
        bool isFolder = backend.Key.StartsWith('/');
        return new Upstream("lighttpd", backend.Place, $"{backend.Word}.server", protocol)
        {
            Address = address,
            AddressPlace = socket?.Place ?? backend.Settings["port"]?.Place ?? backend.Place,
            WebUser = User,
            Reload = Reload,
            UrlPrefix = !isFolder ? "/" : backend.SendsWholePath ? backend.UrlPrefix : backend.Key,
            Takes = url =>
                (isFolder
                    ? url.StartsWith(backend.SendsWholePath ? backend.UrlPrefix : backend.Key, StringComparison.Ordinal)
                    : url.Contains(backend.Key, StringComparison.Ordinal)) && !IsDenied(url),
            Own = program?.Text is null ? null : new Service("lighttpd", program.Place)
            {
                Command = ProgramCommand.Parse(program.Text),
                User = User,
                Reload = Reload,
            },
            Variables = url => isFolder ? VariablesFor(backend, url) : null,
            ScriptFile = backend.Settings["docroot"] is { Text: { } root } docroot ? new Token(root, docroot.Place) : null,
            FixScriptFile = (url, file) => FixRoot(backend, url, file),
            FixMount = () => ConfigurationEdit.Replace(backend.Place, $"\"{backend.Key}\"", $"\"{backend.Key}/\""),
        };
    }

    /// <summary>
    /// True if a rule for everything, or for paths such as this one, denies it: mod_access denies what ends with one of its texts.
    /// </summary>
    private bool IsDenied(string url) => _assignments.Any(assignment => assignment.Name == "url.access-deny"
        && assignment.Conditions.All(condition => PathCondition().Match(condition) is { Success: true } match
            && (match.Groups[1].Value == "==" ? url == match.Groups[2].Value
                : PerlExpression.TryCompile(match.Groups[2].Value, ignoreCase: false)?.IsMatch(url) == true))
        && assignment.Value.Entries.Any(entry => entry.Value.Text is { } end && url.EndsWith(end, StringComparison.Ordinal)));

    /// <summary>With an empty key all of the URL is sent, and nothing but the URL.</summary>
    private Upstream ToAjpUpstream(LighttpdBackend backend, SocketAddress? address, LighttpdValue? socket) =>
        new("lighttpd", backend.Place, $"{backend.Word}.server", Protocols.Ajp13)
        {
            Address = address,
            AddressPlace = socket?.Place ?? backend.Settings["port"]?.Place ?? backend.Place,
            WebUser = User,
            Reload = Reload,
            UrlPrefix = backend.UrlPrefix,
            Takes = url => url.StartsWith(backend.UrlPrefix, StringComparison.Ordinal),
            Variables = url => backend.Key.Length > 0 ? null : new Dictionary<string, string> { ["REQUEST_URI"] = url },
        };

    /// <summary>The path is divided at the first slash behind the key; SCRIPT_FILENAME is the document root and SCRIPT_NAME.</summary>
    private Dictionary<string, string>? VariablesFor(LighttpdBackend backend, string url)
    {
        if (backend.Settings["docroot"]?.Text is not { } root)
        {
            if (DocumentRoot(backend) is not { } site)
                return null;
            root = site;
        }
        if (backend.SendsWholePath)
            return new()
            {
                ["SCRIPT_FILENAME"] = root,
                ["SCRIPT_NAME"] = "",
                ["PATH_INFO"] = url,
                ["DOCUMENT_ROOT"] = root,
                ["REQUEST_URI"] = url,
            };
        int slash = url.IndexOf('/', Math.Min(url.Length, backend.Key.Length));
        (string name, string info) = slash < 0 ? (url, "") : (url[..slash], url[slash..]);
        return new()
        {
            ["SCRIPT_FILENAME"] = root.TrimEnd('/') + name,
            ["SCRIPT_NAME"] = name,
            ["PATH_INFO"] = info,
            ["DOCUMENT_ROOT"] = root,
            ["REQUEST_URI"] = url,
        };
    }

    private static (LineEdit? Fix, string? Line) FixRoot(LighttpdBackend backend, string url, string file)
    {
        if (!file.EndsWith(url, StringComparison.Ordinal) || file.Length == url.Length)
            return (null, null);
        string line = $"\"docroot\" => \"{file[..^url.Length]}\"";
        return backend.Settings["docroot"] is { Text: { } old } docroot
            ? (ConfigurationEdit.Replace(docroot.Place, $"\"{old}\"", $"\"{file[..^url.Length]}\""), line)
            : (ConfigurationEdit.InsertAfter(backend.Place, $"    {line},"), line);
    }

    [GeneratedRegex("^\\$HTTP\\s*\\[\\s*\"url\"\\s*\\]\\s*(==|=~)\\s*\"(.*)\"$")]
    private static partial Regex PathCondition();

    [GeneratedRegex(@"^\s*((server|fastcgi|scgi|ajp13|cgi|alias|url|index-file|mimetype)\.[a-z.-]+\s*\+?=|\$(HTTP|SERVER|PHYSICAL)\[)",
            RegexOptions.Multiline)]
    private static partial Regex Form();
}

/// <summary>One of the backends of <c>fastcgi.server</c>, <c>scgi.server</c> or <c>ajp13.server</c>.</summary>
/// <param name="Word">fastcgi, scgi or ajp13: the module.</param>
/// <param name="Key">The path or the suffix of its requests.</param>
/// <param name="Place">Where the key stands.</param>
/// <param name="Settings">What is in its brackets.</param>
/// <param name="Conditions">What the setting stands in.</param>
internal sealed partial record LighttpdBackend(string Word, string Key, SourceLocation Place, LighttpdValue Settings,
    IReadOnlyList<string> Conditions)
{
    /// <summary>True if all of the URL's path is PATH_INFO, so that the gateway finds out where the script ends.</summary>
    internal bool SendsWholePath => Key == "/" && Settings["fix-root-scriptname"]?.Text == "enable";

    /// <summary>The beginning of its URLs, as far as the innermost condition on them says so.</summary>
    internal string UrlPrefix =>
        Conditions.Select(condition => UrlCondition().Match(condition)).LastOrDefault(match => match.Success)?.Groups[1]
            .Value.Replace("\\", "", StringComparison.Ordinal)
            ?? "/";

    [GeneratedRegex("\"url\"\\s*\\]\\s*=~\\s*\"\\^((?:[\\w/~@-]|\\\\.)+)")]
    private static partial Regex UrlCondition();
}
