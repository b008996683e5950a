using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Languages;

/// <summary>Perl. Its check runs BEGIN blocks, and so the modules that a script uses.</summary>
internal sealed partial class PerlLanguage : Language
{
    internal override string Name => "Perl";

    internal override string FolderVariable => "PERL5LIB";

    // -T and its like must be given twice: on line 1 and here.
    internal override IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script) =>
        [interpreter, .. arguments, "-c", script];

    internal override SourceFault? FindFault(string output, string script) =>
        output.Split('\n').Select(line => FaultLine().Match(line)).Where(match => match.Success && match.Groups["file"].Value == script)
            .Select(Read).FirstOrDefault();

    internal override string? FindMissingModule(string output) =>
        Module(MissingModule().Match(output))?.Replace("/", "::", StringComparison.Ordinal);

    internal override IEnumerable<string> FilesOf(string module) => [module.Replace("::", "/", StringComparison.Ordinal) + ".pm"];

    internal override string AddFolder(string folder) => $"use lib {Quote(folder)};";

    internal override IEnumerable<string> DebianPackagesOf(string module) =>
        [$"lib{module.Replace("::", "-", StringComparison.Ordinal).ToLowerInvariant()}-perl"];

    internal override string InstallCommand(string interpreter, string module) => $"cpan {ShellWords.Quote(module)}";

    internal override string? MoveToStandardError(string line) =>
        PrintStatement().IsMatch(line) ? PrintWord().Replace(line, "$0 STDERR", 1) : null;

    internal override IEnumerable<string> Repairs(string line) =>
        [$"{line};", $"{line})", $"{line});", $"{line} {{", $"{line} }}", $"{line}\";", $"{line}';"];

    internal override string WriteHeaderLine(string text) => $"print \"{text}\\n\";";

    internal override string SetVariable(string name, string value) => $"$ENV{{{name}}} = {Quote(value)};";

    internal override string PrependPath(string folder) => $"$ENV{{PATH}} = {Quote(folder + ":")} . $ENV{{PATH}};";

    private static SourceFault? Read(Match match) =>
        Fault(match) is { } fault && match.Groups["rest"].Success ? fault with { Message = $"{fault.Message} {match.Groups["rest"].Value}" }
            : Fault(match);

    internal override bool Speaks(string interpreter) => interpreter.StartsWith("perl", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?<message>.+?) at (?<file>\S.*) line (?<line>\d+)(, (?<rest>near .+)|,|\.|$)")]
    private static partial Regex FaultLine();

    [GeneratedRegex(@"Can't locate (?<module>\S+)\.pm in @INC")]
    private static partial Regex MissingModule();

    [GeneratedRegex("""^\s*(print|printf|say)\s+["'][^;]*;\s*$""")]
    private static partial Regex PrintStatement();

    [GeneratedRegex("print[f]?|say")]
    private static partial Regex PrintWord();
}
