using System.Text.RegularExpressions;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Explains "command not found": the program is missing, or only outside of the PATH that scripts get.</summary>
internal static partial class MissingProgram
{
    internal static Finding? Explain(ScriptCase script, string said)
    {
        Match match = NotFound().Match(said);
        if (!match.Success)
            return null;
        string name = match.Groups["name"].Value;
        string path = script.Settings.ScriptPath;
        string shells = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";
        if (ProgramSearch.All(name, path).FirstOrDefault() is { } forbidden)
        {
            return script.User.FindObstacle(Access.Execute, forbidden) is { } obstacle
                ? script.Error($"it runs {forbidden}, but user {script.User.Name} may not: "
                    + $"{StderrDiagnosis.Quote(said)}") with
                {
                    Advice = $"let that user run it, or the script do without: the program "
                        + $"belongs to {Fixes.FileCustody.NameOfOwner(forbidden)}"
                }
                : null;
        }
        if (ProgramSearch.All(name, shells).FirstOrDefault() is { } elsewhere)
            return ExplainPlace(script, name, Path.GetDirectoryName(elsewhere)!, path);
        // A python that opens a file says the same.
        return match.Groups["sure"].Success
            ? script.Error($"it runs {name}, which is nowhere on this machine's usual paths")
                with
            {
                Fix = DebianPackages.FixForFirst([name], mayGuess: false),
                Advice = $"install {name}, or write its full path in the script"
            }
            : script.Error($"there is no {name} where it looks: {StderrDiagnosis.Quote(said)}")
                with
            { Advice = $"write its full path; scripts run in the directory that they are in: {script.Folder}" };
    }

    private static Finding ExplainPlace(ScriptCase script, string name, string folder, string path) =>
        script.Error(
            $"it runs {name}, which is in {folder}: that is on the PATH of your shell, and not on the one that scripts get, {path}")
            with
        {
            Fix = script.Begin(script.Language?.PrependPath(folder)),
            Advice = $"or add --env {ShellWords.Quote($"PATH={folder}:{path}")} to the super-server's line, before the script",
        };

    /// <summary>dash, bash, Python, Perl, Ruby, Node, env.</summary>
    [GeneratedRegex("""
        (?<sure>:\ \d+:\ (?<name>[^\s:/]+):\ not\ found)
        |(?<sure>:\ (?<name>[^\s:/]+):\ command\ not\ found)
        |No\ such\ file\ or\ directory:\ '(?<name>[^'/]+)'
        |(?<sure>Can't\ exec\ "(?<name>[^"/]+)")
        |No\ such\ file\ or\ directory\ -\ (?<name>[^\s/]+)
        |(?<sure>spawn\ (?<name>[^\s/]+)\ ENOENT)
        |(?<sure>env:\ ['‘](?<name>[^'’/]+)['’]:\ No\ such\ file)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex NotFound();
}
