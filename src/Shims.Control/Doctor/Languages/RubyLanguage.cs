using System.Text.RegularExpressions;
using Shims.Control.Processes;

namespace Shims.Control.Doctor.Languages;

/// <summary>Ruby.</summary>
internal sealed partial class RubyLanguage : Language
{
    internal override string Name => "Ruby";

    internal override string FolderVariable => "RUBYLIB";

    internal override IReadOnlyList<string> CheckCommand(string interpreter, IReadOnlyList<string> arguments, string script) =>
        [interpreter, "-c", script];

    internal override SourceFault? FindFault(string output, string script) => Fault(FaultLine().Match(output));

    internal override IEnumerable<string> Repairs(string line) =>
        [$"{line})", $"{line}\"", $"{line}'", $"{line}]", $"{line} }}", $"{line} do", $"{line}; end"];

    internal override string? FindMissingModule(string output) => Module(MissingModule().Match(output));

    internal override IEnumerable<string> FilesOf(string module) => [$"{module}.rb"];

    internal override string AddFolder(string folder) => $"$LOAD_PATH.unshift {Quote(folder)}";

    internal override IEnumerable<string> DebianPackagesOf(string module)
    {
        string name = module.Replace('_', '-').Replace('/', '-').ToLowerInvariant();
        return [$"ruby-{name}", $"ruby-{name.Split('-')[0]}"];
    }

    internal override string InstallCommand(string interpreter, string module) =>
        $"gem install {ShellWords.Quote(module.Replace('/', '-'))}";

    internal override string? MoveToStandardError(string line) =>
        PutsStatement().IsMatch(line) ? line.Replace("puts ", "warn ", StringComparison.Ordinal) : null;

    internal override string WriteHeaderLine(string text) => $"puts \"{text}\"";

    internal override string SetVariable(string name, string value) => $"ENV['{name}'] = {Quote(value)}";

    internal override string PrependPath(string folder) => $"ENV['PATH'] = {Quote(folder + ":")} + ENV['PATH']";

    internal override bool Speaks(string interpreter) => interpreter.StartsWith("ruby", StringComparison.Ordinal);

    [GeneratedRegex(@"^.+?:(?<line>\d+): (?<message>.*syntax error.*)$", RegexOptions.Multiline)]
    private static partial Regex FaultLine();

    [GeneratedRegex(@"cannot load such file -- (?<module>\S+)")]
    private static partial Regex MissingModule();

    [GeneratedRegex("""^\s*puts ["'][^;]*$""")]
    private static partial Regex PutsStatement();
}
