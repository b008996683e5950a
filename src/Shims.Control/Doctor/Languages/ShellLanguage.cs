using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Languages;

/// <summary>The shells. They have no modules; what they miss are programs.</summary>
internal sealed partial class ShellLanguage : Language
{
    internal override string Name => "shell";

    internal override IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script) =>
        [interpreter, "-n", script];

    internal override SourceFault? FindFault(string output, string script) => Fault(FaultLine().Match(output));

    internal override string? FindMissingModule(string output) => null;

    internal override IEnumerable<string> DebianPackagesOf(string module) => [];

    internal override string InstallCommand(string interpreter, string module) => "";

    internal override string? MoveToStandardError(string line) => EchoCommand().IsMatch(line) ? $"{line.TrimEnd()} >&2" : null;

    internal override IEnumerable<string> Repairs(string line)
    {
        string first = line.TrimStart().Split(' ')[0];
        string[] beginnings = first is "if" or "elif" ? [$"{line}; then"] : first is "for" or "while" or "until" ? [$"{line}; do"] : [];
        return [.. beginnings, $"{line}; fi", $"{line}; done", $"{line}; }}", $"{line}\"", $"{line}'", $"{line})", $"{line};;",
            .. line.EndsWith(')') ? new[] { line[..^1] } : []];
    }

    internal override string WriteHeaderLine(string text) => $"echo \"{text}\"";

    internal override string SetVariable(string name, string value) => $"export {name}={ShellWords.Quote(value)}";

    internal override string PrependPath(string folder) => $"PATH={ShellWords.Quote(folder)}:$PATH";

    internal override bool Speaks(string interpreter) => interpreter is "sh" or "bash" or "dash" or "ash" or "ksh" or "mksh" or "zsh";

    [GeneratedRegex(@": (line )?(?<line>\d+): (?<message>[Ss]yntax error.*|unexpected EOF.*)$", RegexOptions.Multiline)]
    private static partial Regex FaultLine();

    /// <summary>One command and no more: nothing that is redirected, chained or continued.</summary>
    [GeneratedRegex("""^\s*(echo|printf)\s+("[^"]*"|'[^']*'|[\w .:,!-]+)\s*$""")]
    private static partial Regex EchoCommand();
}
