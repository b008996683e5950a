using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Scripts;

/// <summary>A variable that a script expects and that a shell would have had.</summary>
internal static partial class MissingVariable
{
    internal static Finding? Explain(ScriptCase script, string said)
    {
        Match match = Unset().Match(said);
        if (!match.Success)
            return null;
        string name = match.Groups["name"].Value;
        // The value in this process's environment is this user's own, a password perhaps, and not for a script or a command line.
        string? value = name == "HOME" ? script.User.Home : null;
        return script.Error($"it needs the variable {name}, which your shell may have: scripts get PATH, LANG, TZ and the request's own "
            + $"variables, and nothing else of a shell's")
            with
        {
            Fix = value is null ? null : script.Begin(script.Language?.SetVariable(name, value)),
            Advice = $"{(value is null ? "" : "or ")}add --env {ShellWords.Quote($"{name}={value ?? "VALUE"}")} to the super-server's "
                + $"line, before the script",
        };
    }

    /// <summary>dash, bash, Python, Ruby. Names of the environment are written large.</summary>
    [GeneratedRegex("""
        [:\ ](?<name>[A-Z][A-Z0-9_]*):\ (parameter\ not\ set|unbound\ variable|parameter\ null\ or\ not\ set)
        |KeyError:\ '(?<name>[A-Z][A-Z0-9_]*)'
        |key\ not\ found:\ "(?<name>[A-Z][A-Z0-9_]*)"
        |\$?(?<name>HOME)\ (is\ )?not\ (set|defined)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Unset();
}
