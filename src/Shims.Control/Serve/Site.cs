using Shims.Control.Processes;
using Shims.Diagnostics;
using Shims.Gateway.Connections;

namespace Shims.Control.Serve;

/// <summary>What is served: which script a URL leads to, and which program is started for it.</summary>
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

    /// <summary>Whether there are several scripts.</summary>
    internal bool IsDirectory => _settings.What.EndsWith('/');

    /// <summary>The directory that is served, or that the one script is in, without a slash at its end.</summary>
    internal string Root => IsDirectory ? _settings.What.TrimEnd('/') : Path.GetDirectoryName(_settings.What)!;

    internal Protocol Protocol => _settings.Protocol;

    /// <summary>What is served, for people.</summary>
    internal string Title => _settings.What;

    /// <summary>The program's name that answers for a script: <c>scgi-run</c>, <c>fcgi-run</c>, <c>shim-dotnet</c>, or the app's own.</summary>
    internal string RunnerOf(string script) => Path.GetFileName(LaunchFor(script, null).Path);

    /// <summary>Whether it speaks the protocol itself, so that doctor has nothing to say about it as a script.</summary>
    internal bool IsApp(string script) => _settings.IsApp || IsSource(script);

    /// <summary>Finds out where a path leads.</summary>
    /// <param name="path">The path of the URL, decoded.</param>
    internal Route RouteTo(string path)
    {
        // nginx would have it like that for one script or app that everything belongs to.
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

    /// <summary>The program for a script.</summary>
    /// <param name="script">Where the route leads.</param>
    /// <param name="errorFile">Where it is to write what is not for the browser; null for FastCGI, which has a stream for that.</param>
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
        string target = IsDirectory ? Root + "/" : script;
        return new ProgramLaunch(_shim, [.. errors, .. _settings.ShimOptions, target, .. _settings.Arguments]) { IsShim = true };
    }

    private static bool IsSource(string script) => script.EndsWith(".cs", StringComparison.Ordinal);

    private static string FindProgram(string name) => InstalledPrograms.Find(name)
        ?? throw new ShimException(ExitCode.SystemError, $"{name} is neither beside shimctl nor on the PATH", "install it there, or run make");
}
