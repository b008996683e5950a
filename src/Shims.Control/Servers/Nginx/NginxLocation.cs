using System.Text;
using System.Text.RegularExpressions;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Nginx;

/// <summary>A location of nginx that sends its requests to a socket, and what it says of them.</summary>
/// <param name="chain">From the file itself down to the location.</param>
/// <param name="pass">Its scgi_pass, fastcgi_pass or uwsgi_pass.</param>
internal sealed partial class NginxLocation(IReadOnlyList<Directive> chain, Directive pass)
{
    /// <summary>nginx's own default: Debian's and the one of nginx.org alike.</summary>
    private const string DefaultRoot = "/usr/share/nginx/html";

    private static readonly string[] s_variablesForScript = ["SCRIPT_FILENAME", "SCRIPT_NAME", "PATH_INFO", "DOCUMENT_ROOT", "DOCUMENT_URI",
        "REQUEST_URI"];

    /// <summary>The words of the protocols that nginx speaks to gateways.</summary>
    private static readonly string[] s_words = ["scgi", "fastcgi", "uwsgi"];

    /// <summary>scgi, fastcgi or uwsgi: what all its directives begin with.</summary>
    internal string Word { get; } = pass.Name[..pass.Name.IndexOf('_')];

    /// <summary>What the directives of other protocols begin with.</summary>
    internal IEnumerable<string> OtherWords => s_words.Where(word => word != Word);

    internal Directive Pass => pass;

    /// <summary>The location itself; the server if the directive stands there.</summary>
    internal Directive Block => chain[^1];

    internal NginxPattern Pattern { get; } = chain[^1].Is("location")
        ? NginxPattern.Read(chain[^1])
        : NginxPattern.Read(new Directive("location", [], pass.Place));

    /// <summary>The parameters in force: those of the innermost level that sets any, in their order. Levels do not add up.</summary>
    internal IReadOnlyList<Directive> Parameters => ParametersOf(Word);

    /// <summary>The ports that the location's server listens at.</summary>
    internal IEnumerable<int> Ports =>
        chain.Where(level => level.Is("server")).SelectMany(server => server.Contents)
            .Where(directive => directive.Is("listen") && directive.Arguments.Count > 0)
        .Select(listen => SocketAddress.Parse(listen.Argument)).Where(address => address is { Path: null })
            .Select(address => address!.Port);

    /// <summary>The server that the location is in; null for a file of locations alone.</summary>
    internal VirtualServer? Site
    {
        get
        {
            if (chain.LastOrDefault(level => level.Is("server")) is not { } server)
                return null;
            Directive[] listens = [.. server.Contents.Where(directive => directive.Is("listen") && directive.Arguments.Count > 0)];
            int[] ports = [.. listens.Where(listen => !listen.Argument.StartsWith("unix:", StringComparison.Ordinal))
                .Select(listen => SocketAddress.Parse(listen.Argument)?.Port ?? 80)];
            return new VirtualServer(server.Place, listens.Length > 0 ? ports : [80, 8000],
                [.. server.Contents.Where(directive => directive.Is("server_name"))
                    .SelectMany(directive => directive.Arguments.Select(name => name.Text))],
                listens.Any(listen => listen.Arguments.Any(word => word.Text is "default_server" or "default")));
        }
    }

    /// <summary>A parameter; of several of one name the one that counts, which is the last.</summary>
    internal Directive? Parameter(string name) => Parameters.LastOrDefault(parameter => parameter.Argument == name);

    /// <summary>True if nginx chooses this location for a path; a named one if <c>try_files</c> of the chosen one leads to it.</summary>
    internal bool Takes(string path)
    {
        if (!Block.Is("location") || chain.Count < 2)
            return Pattern.Takes(path);
        Directive? chosen = Choose([.. chain[^2].Contents.Where(directive => directive.Is("location"))], path);
        if (chosen is null || ReferenceEquals(chosen, Block) || !Pattern.Path.StartsWith('@'))
            return ReferenceEquals(chosen, Block);
        return chosen.Contents.LastOrDefault(directive => directive.Is("try_files")) is { } tried
            && tried.Arguments.LastOrDefault()?.Text == Pattern.Path
            && !(tried.Arguments.Any(argument => argument.Text == "$uri") && FileOf(path) is { } file && File.Exists(file));
    }

    /// <summary>
    /// The location that nginx chooses among those of one level: an exact one, else the longest prefix if it has ^~, else the first
    /// expression that matches, else the longest prefix.
    /// </summary>
    private static Directive? Choose(Directive[] locations, string path)
    {
        (Directive Location, NginxPattern Pattern)[] taking =
            [.. locations.Select(location => (location, NginxPattern.Read(location))).Where(pair => pair.Item2.Takes(path))];
        Directive? exact = Array.Find(taking, pair => pair.Pattern.Modifier == "=").Location;
        (Directive Location, NginxPattern Pattern) longest = taking.Where(pair => pair.Pattern.IsPrefix)
            .OrderByDescending(pair => pair.Pattern.Path.Length).FirstOrDefault();
        Directive? expression = Array.Find(taking, pair => pair.Pattern.Modifier.StartsWith('~')).Location;
        return exact ?? (longest.Pattern?.Modifier == "^~" ? longest.Location : expression ?? longest.Location);
    }

    /// <summary>The variables that nginx sends for a path.</summary>
    /// <returns>Null if that depends on something that is not known here.</returns>
    internal IReadOnlyDictionary<string, string>? Evaluate(string path)
    {
        if (chain.SelectMany(level => level.Contents).Any(directive => directive.Is("rewrite")))
            return null;
        var values = new Dictionary<string, string>();
        foreach (Directive parameter in Parameters)
        {
            if (parameter.Arguments is not [var name, var value, ..] || !s_variablesForScript.Contains(name.Text))
                continue;
            if (Expand(value.Text, path) is not { } expanded)
                return null;
            if (expanded.Length > 0 || parameter.Arguments is not [_, _, { Text: "if_not_empty" }, ..])
                values[name.Text] = expanded;
        }
        return values;
    }

    /// <summary>A value for SCRIPT_FILENAME with which a path leads to a file; null if none is found.</summary>
    internal string? ProposeScriptFile(string path, string file)
    {
        IEnumerable<string> names = [.. Pattern.Match(path)?.Keys.Where(name => !char.IsDigit(name[0])).Select(name => $"${name}") ?? [],
            Word == "fastcgi" ? "$fastcgi_script_name" : "$document_uri"];
        foreach (string name in names)
        {
            if (Expand(name, path) is { Length: > 1 } value && file.EndsWith(value, StringComparison.Ordinal))
                return file[..^value.Length] + name;
        }
        // Names without the suffix of the file: /hello for hello.cgi.
        string suffix = Path.GetExtension(file);
        foreach (string name in names)
        {
            if (Expand(name, path) is { Length: > 1 } value && suffix.Length > 0 && file.EndsWith(value + suffix, StringComparison.Ordinal))
                return file[..^(value.Length + suffix.Length)] + name + suffix;
        }
        return null;
    }

    /// <summary>When nginx sends a request to another server; null if nothing is said. The innermost level counts.</summary>
    internal Directive? NextServer =>
        Enumerable.Reverse(chain).SelectMany(level => level.Contents.Where(directive => directive.Is($"{Word}_next_upstream"))).FirstOrDefault();

    /// <summary>The root or alias in force.</summary>
    internal Directive? Root =>
        Enumerable.Reverse(chain).SelectMany(level => level.Contents.Where(directive => directive.Name is "root" or "alias"))
            .FirstOrDefault();

    private Directive[] ParametersOf(string word) => Enumerable.Reverse(chain)
        .Select(level => level.Contents.Where(directive => directive.Is($"{word}_param")).ToArray())
            .FirstOrDefault(parameters => parameters.Length > 0)
            ?? [];

    private string? Expand(string text, string path)
    {
        var expanded = new StringBuilder();
        int end = 0;
        foreach (Match match in Variable().Matches(text))
        {
            expanded.Append(text, end, match.Index - end);
            if (ValueOf(match.Groups[1].Value + match.Groups[2].Value, path) is not { } value)
                return null;
            expanded.Append(value);
            end = match.Index + match.Length;
        }
        return expanded.Append(text, end, text.Length - end).ToString();
    }

    private string? ValueOf(string name, string path)
    {
        if (Pattern.Match(path) is { } groups && groups.TryGetValue(name, out string? captured))
            return captured;
        switch (name)
        {
            case "uri" or "document_uri" or "request_uri":
                return path;
            case "document_root" or "realpath_root":
                return Root is null ? DefaultRoot : Expand(Root.Argument, path);
            case "request_filename":
                return FileOf(path);
            case "fastcgi_script_name":
                return Divide(path).ScriptName;
            case "fastcgi_path_info":
                return Divide(path).PathInfo;
            case "args" or "query_string" or "is_args" or "remote_user" or "content_type" or "content_length" or "https":
                return "";
        }
        Directive? set = chain.SelectMany(level => level.Contents)
            .LastOrDefault(directive => directive.Is("set") && directive.Argument == $"${name}");
        // A variable that is made of itself would never end.
        return set is { Arguments: [_, var value, ..] } && !value.Text.Contains($"${name}", StringComparison.Ordinal)
            ? Expand(value.Text, path)
            : null;
    }

    private string? FileOf(string path)
    {
        string? root = Root is null ? DefaultRoot : Expand(Root.Argument, path);
        if (root is null)
            return null;
        if (Root?.Name != "alias")
            return root.TrimEnd('/') + path;
        return Pattern.IsPrefix ? root + path[Math.Min(path.Length, Pattern.Path.Length)..] : root;
    }

    private (string ScriptName, string PathInfo) Divide(string path)
    {
        Directive? split = Enumerable.Reverse(chain).SelectMany(level => level.Contents)
            .FirstOrDefault(directive => directive.Is("fastcgi_split_path_info"));
        Match? match = split is null ? null : PerlExpression.TryCompile(split.Argument, ignoreCase: false)?.Match(path);
        return match is { Success: true } ? (match.Groups[1].Value, match.Groups[2].Value) : (path, "");
    }

    [GeneratedRegex(@"\$(?:(\w+)|\{(\w+)\})")]
    private static partial Regex Variable();
}
