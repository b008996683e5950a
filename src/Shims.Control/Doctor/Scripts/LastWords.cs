using System.Text.RegularExpressions;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Understands what scripts and their interpreters write to standard error before they die.</summary>
internal static partial class LastWords
{
    private const int MaxLength = 300;

    /// <summary>What it was, if that can be told.</summary>
    /// <param name="script">Who wrote it.</param>
    /// <param name="said">All that was written.</param>
    /// <returns>Null for words that doctor does not know.</returns>
    internal static Finding? Explain(ScriptCase script, string said) =>
        ExplainGateway(script, said) ?? ExplainModule(script, said) ?? ExplainLibrary(script, said) ?? MissingProgram.Explain(script, said) ?? MissingVariable.Explain(script, said)
        ?? ExplainForbidden(script, said) ?? ExplainInput(script, said);

    /// <summary>The last line that says something, in a length that fits into a report.</summary>
    internal static string Shorten(string said)
    {
        string last = said.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "nothing";
        return last.Length > MaxLength ? $"{last[..MaxLength]}..." : last;
    }

    /// <summary>The gateway has explained it already.</summary>
    private static Finding? ExplainGateway(ScriptCase script, string said)
    {
        Match match = GatewayLine().Match(said);
        return match.Success ? script.Error(match.Groups["words"].Value.Replace($"cannot run {script.Path}: ", "", StringComparison.Ordinal)) : null;
    }

    private static Finding? ExplainModule(ScriptCase script, string said) =>
        script.Language?.FindMissingModule(said) is { } module && script.Form.Interpreter is not null ? MissingModule.Explain(script, script.Language, module) : null;

    private static Finding? ExplainLibrary(ScriptCase script, string said)
    {
        Match match = MissingLibrary().Match(said);
        return match.Success ? NativeForm.ExplainLibrary(script.Path, match.Groups["library"].Value, match.Groups["program"].Value) : null;
    }

    /// <summary>A file that the user may not use.</summary>
    internal static Finding? ExplainForbidden(ScriptCase script, string said)
    {
        Match match = Forbidden().Match(said);
        if (!match.Success)
            return null;
        string path = Path.GetFullPath(match.Groups["path"].Value, script.Folder);
        Obstacle? obstacle = script.User.FindObstacle(Access.Read, path) ?? script.User.FindObstacle(Access.Write, path);
        // A file that is to be made needs a directory that may be written.
        if (obstacle?.Kind == ObstacleKind.Absent)
            obstacle = script.User.FindObstacle(Access.Write | Access.Execute, Path.GetDirectoryName(path)!);
        return obstacle is null ? null : script.Error($"it wants {path}, but user {script.User.Name} may not {Words(obstacle)} {obstacle.Path}")
            with
        { Fix = obstacle.Missing.HasFlag(Access.Write) ? null : AccessGrant.Past(obstacle), Advice = "if the script is right to want that: the script names this file, and perhaps a visitor has named it to the script" };
    }

    private static Finding? ExplainInput(ScriptCase script, string said)
    {
        if (!AsksForInput().IsMatch(said))
            return null;
        return script.Error($"it asks its standard input, which is {StandardInput(script.Settings)}: {Shorten(said)}")
            with
        {
            Fix = script.Settings.Data is null ? script.RewriteOnlyLine(line => script.Language?.TakeQuery(line)) : null,
            Advice = "take parameters from QUERY_STRING, and exactly CONTENT_LENGTH bytes of standard input; leave out what asks a person",
        };
    }

    /// <summary>What a script finds on its standard input.</summary>
    internal static string StandardInput(DoctorSettings settings) =>
        settings.Data is null ? "empty for a GET, and not a terminal" : "the request's body, and not a terminal";

    private static string Words(Obstacle obstacle) =>
        obstacle.Missing.HasFlag(Access.Write) ? "write" : obstacle.Missing.HasFlag(Access.Read) ? "read" : "enter";

    [GeneratedRegex(@"^(\S+Z )?(scgi|fcgi)-run\[\d+\]: [0-9a-f]+: (?<words>.+?)(; request: [^;\n]*)?$", RegexOptions.Multiline)]
    private static partial Regex GatewayLine();

    [GeneratedRegex(@"^(?<program>[^:\n]+): error while loading shared libraries: (?<library>[^:\n]+):", RegexOptions.Multiline)]
    private static partial Regex MissingLibrary();

    [GeneratedRegex("""Can't locate \S+:\s+(?<path>/.+?): Permission denied|((cannot (open|create)|can't open|Can't open|open\(|opendir) '?"?(?<path>/?[^\s'":]+)['"]?:? .*Permission denied)|(?<path>/[^\s'":,]+)['"]?: Permission denied|Permission denied(: | @ rb_sysopen - )['"]?(?<path>[^\s'"]+)""")]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"EOFError|EOF when reading|not a (tty|terminal)|Inappropriate ioctl for device|not a TTY|TERM environment variable not set|/dev/tty: No such device", RegexOptions.IgnoreCase)]
    private static partial Regex AsksForInput();
}
