using System.Text.RegularExpressions;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>A file that people drop into a folder elsewhere, and that is a program here only by <c>--interpreter</c>: a PHP page, a WSGI
/// application.</summary>
internal static partial class DroppedFile
{
    /// <summary>Explains how such a file is run.</summary>
    /// <returns>Null for a file that names its interpreter itself, and for other files.</returns>
    internal static Finding? Explain(ScriptCase script)
    {
        if (script.Form.IsNative || script.Form.Line is not null)
            return script.Form.Line?.Name.StartsWith("python", StringComparison.Ordinal) == true && IsUncalled(script)
                ? ExplainUncalled(script) : null;
        string extension = Path.GetExtension(script.Path);
        if (extension == ".php" || script.Lines is [var first, ..] && first.StartsWith("<?php", StringComparison.Ordinal))
        {
            return Advise(script, "it is a PHP page, and no interpreter is named for it", extension == ".php" ? ".php" : extension,
                ProgramSearch.Find("php-cgi", script.Settings.ScriptPath, script.User) ?? "/usr/bin/php-cgi", " --index index.php");
        }
        return extension == ".wsgi" || (extension == ".py" && IsUncalled(script))
            ? Advise(script, "it is a WSGI application, and no interpreter is named for it", extension, InstalledPrograms.Find("wsgi-run")
                ?? "/usr/local/libexec/wsgi-run", "")
            : null;
    }

    private static Finding Advise(ScriptCase script, string cause, string extension, string interpreter, string index)
    {
        string options = $"--interpreter {extension}={ShellWords.Quote(interpreter)}{index}",
            folder = ShellWords.Quote(script.Folder + "/");
        return script.Error(cause) with
        {
            Advice = $"write before TARGET, the folder, in the super-server's line: {options} {folder} (neither an execute bit nor a #! line is needed); "
                + $"to try it: shimctl serve {options} {folder}",
        };
    }

    private static Finding ExplainUncalled(ScriptCase script) =>
        script.Error("it defines a WSGI application, and nothing calls that: the page would be empty") with
        {
            Advice = $"let wsgi-run call it: --interpreter {Path.GetExtension(script.Path)}={InstalledPrograms.Find("wsgi-run") ?? "/usr/local/libexec/wsgi-run"} before TARGET, the folder; "
                + "or end it with: from wsgiref.handlers import CGIHandler; CGIHandler().run(application)",
        };

    private static bool IsUncalled(ScriptCase script) =>
        script.Lines.Any(static line => Definition().IsMatch(line)) && !script.Lines.Any(static line => Call().IsMatch(line));

    /// <summary>WSGI itself, Flask, Django, Bottle.</summary>
    [GeneratedRegex(@"^(def application\(|application\s*=|app\s*=\s*(Flask|Bottle|get_wsgi_application)\()")]
    private static partial Regex Definition();

    /// <summary>Servers and adapters that call it.</summary>
    [GeneratedRegex(@"CGIHandler|BaseCGIHandler|WSGIServer|\bflup\b|run_with_cgi|\.serve_forever|^\s*print\(|^\s*(app|application|bottle)\.run\(|^\s*run\(|\(application\)")]
    private static partial Regex Call();
}
