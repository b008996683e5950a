using System.Text;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Serve;

/// <summary>The scripts that are served: maps URLs to scripts, and scripts to the programs that run them.</summary>
internal sealed class Site
{
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

    /// <summary>The name of the program that is started for a script: <c>scgi-run</c>, <c>fcgi-run</c>, <c>shim-dotnet</c>, or the app
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
        return new Route(RouteKind.Directory, Root + path);
    }

    /// <summary>The program to start for a script.</summary>
    /// <param name="script">The absolute path of the script.</param>
    /// <param name="errorFile">The file for its standard error; null for FastCGI, which has a stream for it.</param>
    internal ProgramLaunch LaunchFor(string script, string? errorFile)
    {
        if (IsApp(script))
        {
            IReadOnlyList<string> environment = errorFile is null ? [] : [$"SHIMS_STDERR={errorFile}"];
            return IsSource(script)
                ? new ProgramLaunch(FindProgram("shim-dotnet"), [script, .. _settings.Arguments]) { Environment = environment }
                : new ProgramLaunch(script, _settings.Arguments) { Environment = environment };
        }
        string[] errors = errorFile is null ? [] : ["--stderr", errorFile];
        return new ProgramLaunch(_shim, [.. errors, .. ShimOptions, TargetFor(script), .. _settings.Arguments]) { IsShim = true };
    }

    /// <summary>The environment of the request's script, as the shim makes it; empty if no shim starts a script.</summary>
    internal IReadOnlyList<RequestVariable> EnvironmentOf(RequestRecord record) =>
        record.Environment ?? (record.Script is { } script && !IsApp(script)
            ? ScriptEnvironment.Of(record.Variables, TargetFor(script), Policy)
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

    private EnvironmentPolicy Policy => new(
        set: _settings.Env.Count == 0 ? null : [.. _settings.Env.Select(Encoding.UTF8.GetBytes)],
        allow: _settings.AllowedEnv.Count == 0 ? null : [.. _settings.AllowedEnv.Select(Encoding.UTF8.GetBytes)]);

    private IEnumerable<string> ShimOptions =>
    [
        .. _settings.Env.SelectMany(setting => new[] { "--env", setting }),
        .. _settings.AllowedEnv.SelectMany(name => new[] { "--allow-env", name }),
    ];

    private string TargetFor(string script) => IsDirectory ? Root + "/" : script;

    private static bool IsSource(string script) => script.EndsWith(".cs", StringComparison.Ordinal);

    private static string FindProgram(string name) => InstalledPrograms.Find(name)
        ?? throw new ShimException(ExitCode.SystemError, $"{name}: command not found beside shimctl and on the PATH",
            "install it there, or run make");
}
