using System.Text.RegularExpressions;
using Shims.Cgi;
using Shims.Control.Doctor.Fixes;
using Shims.Posix;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The usual mistakes of WSGI applications: of Flask's, of Django's, and of all.</summary>
internal static partial class WsgiDiagnosis
{
    /// <summary>Explains the end of wsgi-run itself, whose python3 env(1) has not found; null for any other end, and for other scripts.</summary>
    internal static Finding? ExplainEnd(ScriptCase script, ExitStatus? exit) =>
        script.IsWsgi && exit is { Signal: 0, Code: FirstLine.NotFound } ? ExplainMissingPython(script) : null;

    private static Finding ExplainMissingPython(ScriptCase script) =>
        script.Error($"wsgi-run needs python3, which is not on the PATH that scripts get: {script.Settings.ScriptPath}") with
        {
            Advice = "install python3, or name its directory with --env PATH=/srv/venv/bin:/usr/local/bin:/usr/bin:/bin before TARGET",
        };

    /// <summary>Faults of a source that wsgi-run is to run.</summary>
    internal static IEnumerable<Finding> CheckSource(ScriptCase script)
    {
        if (script.Interpreter is null)
            yield return ExplainMissingPython(script);
        for (int i = 0; i < script.Lines.Count; i++)
        {
            // Indented, it is below if __name__ == "__main__", or in a function.
            if (ServerCall().Match(script.Lines[i]) is { Success: true } call)
            {
                yield return script.Error($"line {i + 1} starts a server of its own, {call.Value.Trim()}...), and comes to no page") with
                {
                    Advice = $"delete line {i + 1}, or put it below: if __name__ == \"__main__\":",
                };
            }
        }
        if (!script.Lines.Any(static line => Application().IsMatch(line))
            && script.Lines.Select(static line => OtherName().Match(line)).FirstOrDefault(static match => match.Success) is { } other)
        {
            yield return script.Error($"it defines {other.Groups["name"].Value}, and wsgi-run calls application") with
            {
                Fix = LineEdit.AppendAfter(script.Path, script.Lines.Count, $"application = {other.Groups["name"].Value}"),
            };
        }
    }

    /// <summary>Explains what an application or its framework has written to the log.</summary>
    /// <returns>Null for other words, and for other scripts.</returns>
    internal static Finding? Explain(ScriptCase script, string said)
    {
        if (!script.IsWsgi)
            return null;
        if (OwnWords().Match(said) is { Success: true } own)
            return script.Error(own.Groups["cause"].Value) with { Advice = own.Groups["fix"].Value };
        if (SettingsModule(script) is { } settings && MissingModule().Match(said) is { Success: true } missing
            && settings.Split('.')[0] == missing.Groups["module"].Value)
            return ExplainSettings(script, settings);
        if (HostName().Match(said) is { Success: true } host)
        {
            return script.Error($"Django refuses the host name {host.Groups["name"].Value}, which is not in its ALLOWED_HOSTS") with
            {
                Advice = "add the names of the site to ALLOWED_HOSTS in the project's settings",
            };
        }
        if (said.Contains("<h1>Bad Request (400)</h1>", StringComparison.Ordinal) && SettingsModule(script) is not null)
        {
            return script.Error("Django refuses the host name of the request, or another part of it, and says so in no log") with
            {
                Advice = "add the names of the site to ALLOWED_HOSTS in the project's settings; with DEBUG = True the page has the reason",
            };
        }
        if (said.Contains("settings are not configured", StringComparison.Ordinal))
        {
            return script.Error("Django does not know its settings: DJANGO_SETTINGS_MODULE is not set") with
            {
                Advice = "write before the import of django: os.environ[\"DJANGO_SETTINGS_MODULE\"] = \"PROJECT.settings\"",
            };
        }
        if (said.Contains("no secret key was set", StringComparison.Ordinal))
        {
            return script.Error("Flask has no secret key for its sessions") with
            {
                Advice = "set application.secret_key from a file or a variable (--env-file of the gateway), the same for all requests",
            };
        }
        if (said.Contains("no such table:", StringComparison.Ordinal) && SettingsModule(script) is not null)
            return script.Error("a table of Django's database is missing")
                with
            { Advice = "make it, as the user who owns the project: python3 manage.py migrate" };
        return said.Contains("unable to open database file", StringComparison.Ordinal)
            || said.Contains("attempt to write a readonly database", StringComparison.Ordinal)
            ? script.Error($"user {script.User.Name} may not write to the file of its SQLite database, or to that file's folder") with
            {
                Advice = $"keep it in a folder of its own, which user {script.User.Name} may write to, outside of the folder of scripts, and name it by its full path",
            }
            : null;
    }

    private static Finding ExplainSettings(ScriptCase script, string settings)
    {
        string file = settings.Replace('.', '/');
        string? project = Candidates(script.Folder).FirstOrDefault(folder => File.Exists(Path.Combine(folder, file + ".py"))
            || File.Exists(Path.Combine(folder, file, "__init__.py")));
        return script.Error($"Django does not find its settings, {settings}{(project is null ? "" : $": they are in {project}")}") with
        {
            Fix = project is null ? null : script.Begin("import sys", $"sys.path.insert(0, {Quote(project)})"),
            Advice = project is null
                ? "write before the import of django the folder in which manage.py is: sys.path.insert(0, \"/path/of/the/project\")" : null,
        };
    }

    /// <summary>Folders in which people keep the project: that of the file, those beside it, and those above.</summary>
    private static IEnumerable<string> Candidates(string folder)
    {
        yield return folder;
        for (string? parent = Path.GetDirectoryName(folder); parent is { Length: > 1 }; parent = Path.GetDirectoryName(parent))
        {
            yield return parent;
            string[] beside = [];
            try
            {
                beside = [.. Directory.EnumerateDirectories(parent).Order(StringComparer.Ordinal).Take(100)];
            }
            catch (UnauthorizedAccessException)
            {
                // Those are not seen then.
            }
            foreach (string other in beside)
                yield return other;
        }
    }

    private static string? SettingsModule(ScriptCase script) =>
        script.Lines.Select(static line => Settings().Match(line)).FirstOrDefault(static match => match.Success)?.Groups["module"].Value
            ?? script.Settings.VariableOf("DJANGO_SETTINGS_MODULE");

    private static string Quote(string text) =>
        $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^(app|application)\.run\(|^run_simple\(|^execute_from_command_line\(")]
    private static partial Regex ServerCall();

    [GeneratedRegex(@"\bapplication\b\s*=|def application\(|class application\b|import .*\bapplication\b")]
    private static partial Regex Application();

    [GeneratedRegex(@"^(?<name>app)\s*=\s*\w|^def (?<name>app)\(")]
    private static partial Regex OtherName();

    [GeneratedRegex(@"^wsgi-run: (?<cause>[^\n]+?): (?<fix>[^\n]+)$", RegexOptions.Multiline)]
    private static partial Regex OwnWords();

    [GeneratedRegex(@"DJANGO_SETTINGS_MODULE[""']\]?\s*[,=]\s*[""'](?<module>[\w.]+)[""']")]
    private static partial Regex Settings();

    [GeneratedRegex(@"ModuleNotFoundError: No module named '(?<module>\w+)")]
    private static partial Regex MissingModule();

    [GeneratedRegex(@"Invalid HTTP_HOST header: '(?<name>[^']{1,100})'")]
    private static partial Regex HostName();
}
