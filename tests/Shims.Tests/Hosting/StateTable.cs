using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.Tests.Hosting;

/// <summary>A table of states and events, as a test has it and as a comment in the source shows it: a row for each state, and in it a column for each event. A dash is an event that cannot come.</summary>
internal static partial class StateTable
{
    /// <summary>The rows of the first table in a comment of a source file, without the headings.</summary>
    /// <param name="path">From the repository's root.</param>
    /// <param name="states">Names of states: a line that begins with one is a row.</param>
    internal static string[] InComment(string path, IEnumerable<string> states) =>
        [.. File.ReadLines(Repository.PathTo(path))
            .SkipWhile(line => !line.Contains("<code>", StringComparison.Ordinal))
            .TakeWhile(line => !line.Contains("</code>", StringComparison.Ordinal))
            .Select(line => Blanks().Replace(line.Replace("///", "", StringComparison.Ordinal).Trim(), " "))
            .Where(line => states.Contains(line.Split(' ')[0]))];

    [GeneratedRegex(" +")]
    private static partial Regex Blanks();
}
