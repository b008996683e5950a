using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Languages;

/// <summary>JavaScript, as Node.js runs it.</summary>
internal sealed partial class NodeLanguage : Language
{
    internal override string Name => "JavaScript";

    internal override string FolderVariable => "NODE_PATH";

    internal override IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script) =>
        [interpreter, "--check", script];

    internal override SourceFault? FindFault(string output, string script) => Fault(FaultLine().Match(output));

    internal override string? FindMissingModule(string output) => Module(MissingModule().Match(output));

    internal override IEnumerable<string> DebianPackagesOf(string module) => [$"node-{module.Split('/')[0].ToLowerInvariant()}"];

    internal override string InstallCommand(string interpreter, string module) => $"npm install {ShellWords.Quote(module)}";

    internal override string? MoveToStandardError(string line) =>
        line.Contains("console.log(", StringComparison.Ordinal) ? line.Replace("console.log(", "console.error(", StringComparison.Ordinal)
            : null;

    internal override string WriteHeaderLine(string text) => $"console.log(\"{text}\");";

    internal override bool Speaks(string interpreter) => interpreter is "node" or "nodejs";

    [GeneratedRegex(@":(?<line>\d+)\n(.*\n)*?(?<message>SyntaxError: .*)")]
    private static partial Regex FaultLine();

    [GeneratedRegex(@"Cannot find (module|package) '(?<module>[^'./][^']*)'")]
    private static partial Regex MissingModule();
}
