using System.Globalization;
using System.Text.RegularExpressions;

namespace Shims.Control.Serve;

/// <summary>Reads the errors out of the output of <c>dotnet run</c>.</summary>
internal static partial class CompilerOutput
{
    /// <summary>The most errors that are shown one by one.</summary>
    private const int MaxErrors = 10;

    /// <summary>The errors at a line of a file, each once, in the order of the output.</summary>
    internal static IReadOnlyList<SourceProblem> Errors(string output) =>
    [
        .. Error().Matches(output)
            .Select(match => (File: match.Groups["file"].Value, Line: Number(match.Groups["line"]), Column: Number(match.Groups["column"]),
                Message: $"{match.Groups["message"].Value.Trim()} ({match.Groups["code"].Value})"))
            .Distinct().Take(MaxErrors)
            .Select(error => new SourceProblem(error.Message, error.File, error.Line, error.Column)),
    ];

    /// <summary>The first line that names an error, or else the first line.</summary>
    internal static string FirstError(string output)
    {
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(line => line.Contains("error ", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? "";
    }

    private static int Number(Group digits) => int.TryParse(digits.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
        ? number : 0;

    // /srv/notes.cs(9,14): error CS1061: 'CgiResponse' does not contain a definition for 'Wrote' [/srv/notes.csproj]
    [GeneratedRegex(@"^\s*(?<file>/[^\n]*?)\((?<line>\d+),(?<column>\d+)\): error (?<code>\w+): (?<message>[^\n]*?)(?: \[[^]\n]*\])?\r?$",
        RegexOptions.Multiline)]
    private static partial Regex Error();
}
