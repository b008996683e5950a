using System.Globalization;
using System.Text.RegularExpressions;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Apache;

/// <summary>The workers of mod_jk: what it sends requests to over AJP13.</summary>
/// <remarks><code>
///   workers.properties                    Apache
///   worker.list=NAME,...                  JkWorkersFile FILE
///   worker.NAME.PROPERTY=VALUE            JkWorkerProperty worker.NAME.PROPERTY=VALUE
///   name=value, which $(name) stands for  JkMount PATTERN NAME
/// </code>
/// A worker without a property has that of the one that its property <c>reference</c> names. A worker of the type lb stands for those of <c>balance_workers</c>.
/// </remarks>
internal sealed partial class JkWorkers
{
    private const string Beginning = "worker.", Reference = "reference", Secret = "secret";

    /// <summary>Workers that refer to each other, at the most.</summary>
    private const int MaxDepth = 8;

    private readonly Dictionary<string, Token> _settings = [];

    private JkWorkers(IEnumerable<(string Line, SourceLocation Place)> lines)
    {
        foreach ((string line, SourceLocation place) in lines)
        {
            if (line.StartsWith('#') || line.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals))
                continue;
            string value = Variable().Replace(line[(equals + 1)..].Trim(), match => _settings.GetValueOrDefault(match.Groups[1].Value)?.Text ?? match.Value);
            _settings[line[..equals].Trim()] = new Token(value, place);
        }
    }

    /// <summary>The workers of Apache's configuration, with those of the file that it names.</summary>
    private static JkWorkers Of(IReadOnlyList<Directive> all) => new(
    [
        .. all.Where(static directive => directive.Is("JkWorkersFile")).SelectMany(static directive => LinesOf(directive.Argument, ConfigurationFile.ReadLines(directive.Argument))),
        .. all.Where(static directive => directive.Is("JkWorkerProperty")).Select(static directive => (directive.Text, directive.Place)),
    ]);

    /// <summary>The workers of workers.properties.</summary>
    internal static JkWorkers OfFile(string path, string text) => new(LinesOf(path, text.ReplaceLineEndings("\n").Split('\n')));

    /// <summary>Where the requests of JkMount go.</summary>
    /// <param name="all">All directives of Apache's configuration.</param>
    /// <param name="isInScope">True for those that are looked at.</param>
    internal static IEnumerable<Upstream> Leading(IReadOnlyList<Directive> all, Func<Directive, bool> isInScope)
    {
        Directive[] mounts = [.. all.Where(directive => directive.Is("JkMount") && isInScope(directive))];
        JkWorkers workers = Of(mounts.Length > 0 ? all : []);
        return mounts.SelectMany(workers.LeadingFrom);
    }

    private IEnumerable<Upstream> LeadingFrom(Directive mount)
    {
        string pattern = mount.Argument, prefix = pattern.TrimEnd('*');
        bool isSubtree = pattern.EndsWith("/*", StringComparison.Ordinal) && !prefix.Contains('*');
        return Members(mount.Arguments.ElementAtOrDefault(1)?.Text ?? "", 0).Select(name => ToUpstream(name, mount.Place) with
        {
            Directive = mount.Name,
            UrlPrefix = isSubtree ? prefix : "/",
            Takes = url => isSubtree ? url.StartsWith(prefix, StringComparison.Ordinal) : url == pattern,
            Variables = url => isSubtree ? new Dictionary<string, string> { ["REQUEST_URI"] = string.Join('/', url.Split('/').Select(Uri.EscapeDataString)) } : null,
        });
    }

    /// <summary>Where the workers that are listed send requests.</summary>
    internal IEnumerable<Upstream> Listed => (_settings.GetValueOrDefault("worker.list")?.Text ?? "ajp13").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(name => Members(name, 0)).Distinct().Select(name => ToUpstream(name, PlaceOf(name)));

    /// <summary>The workers that speak AJP13 for a name: itself, or those that it divides requests among.</summary>
    private IEnumerable<string> Members(string name, int depth) => depth > MaxDepth ? [] : (this[name, "type"]?.Text ?? "ajp13") switch
    {
        "ajp13" => _settings.Keys.Any(key => key.StartsWith($"{Beginning}{name}.", StringComparison.Ordinal)) ? [name] : [],
        "lb" => ((this[name, "balance_workers"] ?? this[name, "balanced_workers"])?.Text ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(member => Members(member, depth + 1)),
        _ => [],
    };

    private Upstream ToUpstream(string name, SourceLocation place)
    {
        string host = this[name, "host"]?.Text ?? "localhost", port = this[name, "port"]?.Text ?? "8009";
        return new Upstream("mod_jk", place, $"worker {name}", Protocols.Ajp13)
        {
            CanSpeak = [Protocols.Ajp13],
            Address = host.StartsWith('/') ? SocketAddress.Unix(host)
                : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? SocketAddress.Tcp(host, number) : null,
            AddressPlace = (this[name, "port"] ?? this[name, "host"])?.Place ?? place,
            SecretToken = this[name, Secret],
        };
    }

    private SourceLocation PlaceOf(string name) => _settings.First(setting => setting.Key.StartsWith($"{Beginning}{name}.", StringComparison.Ordinal)).Value.Place;

    /// <summary>A property of a worker, or of the one that it refers to.</summary>
    private Token? this[string name, string property]
    {
        get
        {
            string owner = Beginning + name;
            for (int depth = 0; depth < MaxDepth; depth++)
            {
                if (_settings.TryGetValue($"{owner}.{property}", out Token? value))
                    return value;
                if (!_settings.TryGetValue($"{owner}.{Reference}", out Token? reference))
                    return null;
                owner = reference.Text;
            }
            return null;
        }
    }

    private static IEnumerable<(string Line, SourceLocation Place)> LinesOf(string path, IEnumerable<string> lines) =>
        lines.Select((line, index) => (line.Trim(), new SourceLocation(path, index + 1)));

    [GeneratedRegex(@"\$\(([^)]+)\)")]
    private static partial Regex Variable();
}
