using System.Text;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Serve;

/// <summary>The scripts that are served: maps URLs to scripts, and scripts to the programs that run them.</summary>
internal sealed class Site
{
    /// <summary>As long as nginx waits by default. Scripts are ended by the gateway, if they are to be.</summary>
    private static readonly TimeSpan s_appReadTimeout = TimeSpan.FromSeconds(60);

    private readonly ServeSettings _settings;
    private readonly string _shim;

    /// <exception cref="ShimException">A program of this project is missing.</exception>
    internal Site(ServeSettings settings)
    {
        _settings = settings;
        _shim = FindProgram(settings.Protocol.Program);
    }

    /// <summary>Whether a directory is served.</summary>
    internal bool IsDirectory => _settings.What.EndsWith('/');

    /// <summary>The directory that is served, or the directory of the only script, without a slash at its end.</summary>
    internal string Root => IsDirectory ? _settings.What.TrimEnd('/') : Path.GetDirectoryName(_settings.What)!;

    internal Protocol Protocol => _settings.Protocol;

    /// <summary>The arguments of the script or app.</summary>
    internal IReadOnlyList<string> Arguments => _settings.Arguments;

    /// <summary>The path that is served, for people.</summary>
    internal string Title => _settings.What;

    /// <summary>The name of the program that is started for a script: the gateway of the protocol, <c>shim-dotnet</c>, or the app
    /// itself.</summary>
    internal string RunnerOf(string script) => Path.GetFileName(LaunchFor(script, null).Path);

    /// <summary>Whether the file speaks the protocol itself, so that doctor cannot check it as a script.</summary>
    internal bool IsApp(string script) => _settings.IsApp || IsSource(script);

    /// <summary>Finds the script or directory of a path.</summary>
    /// <param name="path">The path of the URL, decoded.</param>
    internal Route RouteTo(string path)
    {
        // As with a location of nginx that belongs to one script or app.
        if (!IsDirectory)
            return new Route(RouteKind.Script, _settings.What) { PathInfo = path };
        int end = 0;
        while (end < path.Length)
        {
            int next = path.IndexOf('/', end + 1);
            end = next < 0 ? path.Length : next;
            string file = Root + path[..end];
            if (File.Exists(file))
                return new Route(RouteKind.Script, file) { ScriptName = path[..end], PathInfo = path[end..] };
            if (!Directory.Exists(file))
                return new Route(RouteKind.Nothing, Root + path) { ScriptName = path };
        }
        return path.EndsWith('/') && IndexOf(Root + path) is { } index
            ? new Route(RouteKind.Script, Root + path + index) { ScriptName = path + index }
            : new Route(RouteKind.Directory, Root + path);
    }

    /// <summary>The program to start for a script.</summary>
    /// <param name="script">The absolute path of the script.</param>
    /// <param name="errorFile">The file for its standard error; null for FastCGI, which has a stream for it.</param>
    internal ProgramLaunch LaunchFor(string script, string? errorFile)
    {
        if (IsApp(script))
        {
            IReadOnlyList<string> environment = [.. errorFile is null ? [] : new[] { $"SHIMS_STDERR={errorFile}" }, .. AppEnvironment];
            return IsSource(script)
                ? new ProgramLaunch(FindProgram("shim-dotnet"), [script, .. _settings.Arguments]) { Environment = environment }
                : new ProgramLaunch(script, _settings.Arguments) { Environment = environment };
        }
        string[] errors = errorFile is null ? [] : ["--stderr", errorFile];
        return new ProgramLaunch(_shim, [.. errors, .. UrlOptions, .. ShimOptions, TargetFor(script), .. _settings.Arguments]) { IsShim = true };
    }

    /// <summary>The variables by which an app knows that it is to speak AJP13: of the others it sees that at the first byte.</summary>
    internal IReadOnlyList<string> AppEnvironment => NamesUrlOnly ? [$"SHIMS_PROTOCOL={Protocol.Word}"] : [];

    /// <summary>Whether a request names no script, so that the gateway finds it by the URL: AJP13 has no place for SCRIPT_FILENAME.</summary>
    internal bool NamesUrlOnly => Protocol == Protocols.Ajp13;

    /// <summary>The whole path of a URL is below a directory; a single script is found in it by its name, or else gets all of it.</summary>
    private string[] UrlOptions => !NamesUrlOnly || !IsDirectory ? []
        : ["--mount", "/", .. _settings.Indexes.Count == 0 ? Array.Empty<string>() : ["--index", string.Join(',', _settings.Indexes)]];

    /// <summary>The options of the gateway. The files here are the developer's, and so the gateway's user's.</summary>
    internal IReadOnlyList<string> ShimOptions =>
    [
        .. _settings.Env.SelectMany(setting => new[] { "--env", setting }),
        .. _settings.AllowedEnv.SelectMany(name => new[] { "--allow-env", name }),
        .. _settings.Interpreters.SelectMany(pair => new[] { "--interpreter", $"{pair.Key}={pair.Value}" }),
        .. _settings.Interpreters.Count == 0 ? Array.Empty<string>() : ["--allow-writable"],
    ];

    /// <summary>The extensions that have an interpreter.</summary>
    internal IEnumerable<string> Extensions => _settings.Interpreters.Keys;

    /// <summary>The program that runs a file; null if the file is a program itself.</summary>
    internal string? InterpreterOf(string script) => _settings.Interpreters.GetValueOrDefault(Path.GetExtension(script));

    /// <summary>The file that responds for a directory; null if none is there.</summary>
    /// <param name="directory">Its absolute path, with a slash at the end.</param>
    internal string? IndexOf(string directory) => _settings.Indexes.FirstOrDefault(name => File.Exists(directory + name));

    /// <summary>Whether a file is sent as it is: beside pages that an interpreter runs lie their pictures and style sheets.</summary>
    /// <param name="route">A file.</param>
    internal bool IsStatic(Route route) => _settings.Interpreters.Count > 0 && route is { Kind: RouteKind.Script, PathInfo.Length: 0 }
        && IsDirectory && StaticFile.Has(route.File[Root.Length..]) && !RegularFile.IsExecutableAt(route.File);

    /// <summary>The program that compiles the file of an app.</summary>
    internal static ProgramLaunch BuildFor(string source) => new(FindProgram("shim-dotnet"), ["--build", source]);

    /// <summary>Whether the file is an app that has to be compiled.</summary>
    internal static bool IsSource(string script) => script.EndsWith(".cs", StringComparison.Ordinal);

    /// <summary>How long a program may send nothing before it is ended; zero for any time.</summary>
    internal TimeSpan ReadTimeoutOf(string script) => _settings.ReadTimeout ?? (IsApp(script) ? s_appReadTimeout : TimeSpan.Zero);

    /// <summary>The environment of the request's script, as the shim makes it; empty if no shim starts a script.</summary>
    internal IReadOnlyList<RequestVariable> EnvironmentOf(RequestRecord record) =>
        record.Environment ?? (record.Script is { } script && !IsApp(script)
            ? ScriptEnvironment.Of(record.Variables, TargetFor(script), NamesUrlOnly ? OptionsByUrl : null, Policy)
            : []);

    /// <summary>The variables of the request that its script does not get. Apps get all of them.</summary>
    internal IReadOnlyList<HeldBackVariable> HeldBackOf(RequestRecord record) =>
        record.Script is not { } script || IsApp(script) ? []
        : record.Environment is not { } environment ? ScriptEnvironment.HeldBack(record.Variables, Policy)
        : [.. ScriptEnvironment.HeldBack(record.Variables, default).Where(held => environment.All(got => got.NameText != held.Name))];

    /// <summary>The target with which a request reaches a script of this site, although it was recorded at another place.</summary>
    /// <param name="target">Path and query, as recorded.</param>
    /// <param name="scriptName">SCRIPT_NAME, as recorded.</param>
    internal string LocalTarget(string target, string scriptName)
    {
        int query = target.IndexOf('?', StringComparison.Ordinal);
        string path = Uri.UnescapeDataString(query < 0 ? target : target[..query]);
        if (RouteTo(path).Kind == RouteKind.Script || scriptName.Length == 0 || !path.StartsWith(scriptName, StringComparison.Ordinal))
            return target;
        string name = Path.GetFileName(scriptName);
        SiteScript[] same = [.. SiteScripts.Find(Root).Where(script => Path.GetFileName(script.Name) == name).Take(2)];
        string rest = string.Join('/', path[scriptName.Length..].Split('/').Select(Uri.EscapeDataString));
        return same is [var only] ? only.Url + rest + (query < 0 ? "" : target[query..]) : target;
    }

    /// <summary>What the gateway makes of <see cref="UrlOptions"/>.</summary>
    private ScriptOptions OptionsByUrl => new() { Mount = IsDirectory ? "/"u8.ToArray() : [], Indexes = [.. _settings.Indexes.Select(Encoding.UTF8.GetBytes)] };

    private EnvironmentPolicy Policy => new(
        set: _settings.Env.Count == 0 ? null : [.. _settings.Env.Select(Encoding.UTF8.GetBytes)],
        allow: _settings.AllowedEnv.Count == 0 ? null : [.. _settings.AllowedEnv.Select(Encoding.UTF8.GetBytes)]);

    private string TargetFor(string script) => IsDirectory ? Root + "/" : script;

    private static string FindProgram(string name) => InstalledPrograms.Find(name)
        ?? throw new ShimException(ExitCode.SystemError, $"{name}: command not found beside shimctl and on the PATH",
            "install it there, or run make");
}
