using System.Text.RegularExpressions;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Explains a failure by what a script and its interpreter have written to standard error.</summary>
internal static partial class StderrDiagnosis
{
    private const int MaxLength = 300;

    /// <summary>The cause, if it can be told.</summary>
    /// <param name="script">The script that wrote it.</param>
    /// <param name="said">All that was written.</param>
    /// <returns>Null for text that doctor does not know.</returns>
    internal static Finding? Explain(ScriptCase script, string said) =>
        ExplainGateway(script, said) ?? WsgiDiagnosis.Explain(script, said) ?? ExplainModule(script, said) ?? ExplainLibrary(script, said)
            ?? MissingProgram.Explain(script, said)
            ?? MissingVariable.Explain(script, said)
        ?? ExplainForbidden(script, said) ?? ExplainInput(script, said) ?? ExplainComplaint(script, said);

    /// <summary>
    /// The line that says why: the first one of an error with a stack trace, the last one of Python's and of all else; in a length that
    /// fits into a report.
    /// </summary>
    internal static string Quote(string said)
    {
        string[] lines = [.. said.Split('\n').Where(line => !IsFrame(line)).Select(line => line.Trim())];
        string line = Array.Find(lines, line => Fatal().IsMatch(line)) ?? (lines.Length > 0 ? lines[^1] : "nothing");
        return line.Length > MaxLength ? $"{line[..MaxLength]}..." : line;
    }

    /// <summary>Lines that give no reason: frames of a stack, markup, blanks.</summary>
    private static bool IsFrame(string line) => Frame().IsMatch(line);

    /// <summary>The gateway has explained it already.</summary>
    private static Finding? ExplainGateway(ScriptCase script, string said)
    {
        Match match = GatewayLine().Match(said);
        return match.Success
            ? script.Error(match.Groups["words"].Value.Replace($"cannot run {script.Path}: ", "", StringComparison.Ordinal)
                // This is that command.
                .Replace($": see what it wrote to standard error, or run shimctl doctor {script.Path}", "", StringComparison.Ordinal))
            : null;
    }

    private static Finding? ExplainModule(ScriptCase script, string said) =>
        script.Language?.FindMissingModule(said) is { } module && script.Interpreter is not null
            ? MissingModule.Explain(script, script.Language, module) : null;

    private static Finding? ExplainLibrary(ScriptCase script, string said)
    {
        Match match = MissingLibrary().Match(said);
        return match.Success ? NativeForm.ExplainLibrary(script.Path, match.Groups["library"].Value, match.Groups["program"].Value) : null;
    }

    /// <summary>A file that the user may not use.</summary>
    internal static Finding? ExplainForbidden(ScriptCase script, string said)
    {
        Match match = Forbidden().Match(said);
        return match.Success ? ExplainRefusal(script, match.Groups["path"].Value, said, isCertain: true) : null;
    }

    /// <summary>
    /// A file that a script complains of without a reason, on its page perhaps; the reason is that its user may not use it.
    /// </summary>
    /// <returns>Null if the user may.</returns>
    internal static Finding? ExplainComplaint(ScriptCase script, string text) =>
        Complaint().Matches(text)
            .Select(match => ExplainRefusal(script, match.Groups["path"].Value.TrimEnd('.'), match.Value, isCertain: false))
            .FirstOrDefault(finding => finding is not null);

    private static Finding? ExplainRefusal(ScriptCase script, string name, string text, bool isCertain)
    {
        string path = Path.GetFullPath(name, script.Folder);
        if (PathAccess.FindRefusal(script.User, path, TriedIn(text), isCertain) is not { } refusal)
            return null;
        bool mayChange = !refusal.Missing.HasFlag(Access.Write);
        string how = mayChange ? ""
            : $"; let user {script.User.Name} own it, or have an entry in its access control list, and never all users (o+w)";
        return script.Error($"it is refused {path}: user {script.User.Name} may not {Verbs(refusal)} {refusal.Path} "
            + $"({PathAccess.Describe(refusal.Path)}){refusal.Reason}")
            with
        {
            Fix = mayChange ? AccessGrant.Past(refusal) : null,
            Advice = $"if the script is right to want that: the script names this file, and perhaps a visitor has named it to the "
                + $"script{how}",
        };
    }

    private static Finding? ExplainInput(ScriptCase script, string said)
    {
        if (!AsksForInput().IsMatch(said))
            return null;
        return script.Error($"it asks its standard input, which is {StandardInput(script.Settings)}: {Quote(said)}")
            with
        {
            Fix = script.Settings.Data is null ? script.RewriteOnlyLine(line => script.Language?.TakeQuery(line)) : null,
            Advice = "take parameters from QUERY_STRING, and exactly CONTENT_LENGTH bytes of standard input; leave out what asks a person",
        };
    }

    /// <summary>The content of a script's standard input.</summary>
    internal static string StandardInput(DoctorSettings settings) =>
        settings.Data is null ? "empty for a GET, and not a terminal" : "the request's body, and not a terminal";

    /// <summary>The access that a message says was tried; null if it does not say.</summary>
    private static Access? TriedIn(string text) =>
        Entering().IsMatch(text) ? Access.Execute : Writing().IsMatch(text) ? Access.Write : Listing().IsMatch(text) ? Access.Read : null;

    private static string Verbs(Obstacle refusal)
    {
        string execute = Directory.Exists(refusal.Path) ? "enter" : "run";
        return string.Join(
            " or ", new[] { (Access.Read, Directory.Exists(refusal.Path) ? "list" : "read"), (Access.Write, "write to"),
            (Access.Execute, execute) }
            .Where(pair => refusal.Missing.HasFlag(pair.Item1)).Select(pair => pair.Item2));
    }

    [GeneratedRegex(@"^(\S+Z )?(scgi|fcgi|uwsgi|ajp)-run\[\d+\]: [0-9a-f]+: (?<words>.+?)(; request: [^;\n]*)?$", RegexOptions.Multiline)]
    private static partial Regex GatewayLine();

    [GeneratedRegex(@"^(?<program>[^:\n]+): error while loading shared libraries: (?<library>[^:\n]+):", RegexOptions.Multiline)]
    private static partial Regex MissingLibrary();

    /// <summary>Perl, the shells, PHP, all that write PATH: Permission denied, dash's cd, Node, Python and Ruby.</summary>
    [GeneratedRegex("""
        Can't\ locate\ \S+:\s+(?<path>/.+?):\ Permission\ denied
        |(cannot\ (open|create)|can't\ open|Can't\ open|open\(|opendir)\ '?"?(?<path>/?[^\s'":]+)['"]?:?\ .*Permission\ denied
        |\((?<path>/[^\s'":)]+)\):\ [Ff]ailed\ to\ open\ (stream|dir(ectory)?):\ Permission\ denied
        |(?<path>/[^\s'":,]+)['"]?:\ Permission\ denied
        |can't\ cd\ to\ (?<path>\S+)
        |EACCES:\ permission\ denied,\ \w+\ '(?<path>[^'\n]+)'
        |Permission\ denied(:\ |\ @\ \w+\ -\ )['"]?(?<path>[^\s'"]+)
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Forbidden();

    [GeneratedRegex("""
        ((could\ ?n[o'’]t|can\ ?not|can['’]t|unable\ to|failed\ to)\ (be\ )?
            (open|read|access|load|find|write|create|chdir|list)[^\n<]{0,60}?
            |unreadable[^\n<]{0,40}?)(?<path>/[\w./-]{2,200})
        |(?<path>/[\w./-]{2,200})[^\n<]{0,40}(permission\ denied|not\ readable|unreadable|not\ writable)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex Complaint();

    [GeneratedRegex(@"\bchdir|can't cd|\bcd(:| to\b)|change (to )?(the )?(working )?directory|\bexec", RegexOptions.IgnoreCase)]
    private static partial Regex Entering();

    [GeneratedRegex("""
        cannot\ create|\bcreat(e|ing)|writ(e|ing)\b|writable|\bappend|\bmkdir|\bunlink|\brename|\btouch:|\bopen\([^)\n]*,\s*['"][wax]
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex Writing();

    [GeneratedRegex(@"opendir|scandir|listdir|dir_initialize|cannot open directory|\breadable", RegexOptions.IgnoreCase)]
    private static partial Regex Listing();

    [GeneratedRegex("""
        EOFError|EOF\ when\ reading|not\ a\ (tty|terminal)|Inappropriate\ ioctl\ for\ device|not\ a\ TTY
        |TERM\ environment\ variable\ not\ set|/dev/tty:\ No\ such\ device
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.IgnoreCase)]
    private static partial Regex AsksForInput();

    /// <summary>Lua's, Ruby's, Node's and Java's frames; closing tags.</summary>
    [GeneratedRegex(@"^\s*$|^\s*(<[^>]*>\s*)+$|^\s*stack traceback:|^\s*\[C\]: |^\t\S.*: in |^\s+(at|from) \S")]
    private static partial Regex Frame();

    /// <summary>PHP, Ruby, Node: the reason comes before the stack.</summary>
    [GeneratedRegex(@"^PHP (Fatal|Parse) error|^\S+:\d+:in .*\((\w|::)+\)$|^(Uncaught )?\w*Error: .*$")]
    private static partial Regex Fatal();
}
