using System.Collections.Concurrent;
using System.Text;
using Xunit.Sdk;

namespace Shims.MatrixTests;

/// <summary>A table of docs/compatibility/checks.md beside that of the web servers.</summary>
/// <param name="title">Its heading.</param>
/// <param name="introduction">What stands between heading and table.</param>
/// <param name="rows">The rows, in order.</param>
/// <param name="columns">The columns, in order.</param>
/// <param name="products">Whose versions are named.</param>
public sealed class Section(string title, string introduction, IReadOnlyList<string> rows, IReadOnlyList<string> columns, IEnumerable<Product> products)
{
    private const int LongestMessage = 300;

    private readonly ConcurrentDictionary<(string Row, string Column), (Outcome Outcome, string Text)> _cells = new();

    /// <summary>True if no cell is missing.</summary>
    internal bool IsComplete => _cells.Count == rows.Count * columns.Count;

    /// <summary>Fills a cell: the check passes, or is skipped with the limit that explains its failure, or fails.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="limit">Why the check cannot pass, with product and version; null if it must.</param>
    /// <param name="checkAsync">The check.</param>
    /// <param name="log">What the servers have to say, for the message of a failure.</param>
    internal async Task FillAsync(string row, string column, string? limit, Func<Task> checkAsync, Func<string> log)
    {
        try
        {
            await checkAsync();
        }
        catch (Exception failure) when (limit is not null && failure is not SkipException)
        {
            // A newer version may no longer have the limit; so it is tried, and only a failure needs the explanation.
            _cells[(row, column)] = (Outcome.NotApplicable, limit);
            Assert.Skip(limit);
        }
        catch (Exception failure) when (failure is not SkipException)
        {
            string message = string.Join(' ', failure.Message.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));
            _cells[(row, column)] = (Outcome.Failed, message[..Math.Min(message.Length, LongestMessage)]);
            string said = log();
            throw new InvalidOperationException($"{row}: {column}: {failure.Message}\nLog:\n{said[^Math.Min(said.Length, 4000)..]}", failure);
        }
        _cells[(row, column)] = (Outcome.Passed, "");
    }

    /// <summary>The section, with the rows that have been tried; nothing if there are none.</summary>
    internal string ToMarkdown()
    {
        string[] tried = [.. rows.Where(row => columns.Any(column => _cells.ContainsKey((row, column))))];
        if (tried.Length == 0)
            return "";
        var text = new StringBuilder($"\n## {title}\n\n{introduction}\n\n");
        text.AppendJoin(", ", products.Where(product => product.IsInstalled).Select(product => product.ToString()).Distinct()).Append(".\n\n");
        text.Append("| | ").AppendJoin(" | ", columns).Append(" |\n");
        text.Append("|---|").Append(string.Concat(columns.Select(_ => ":-:|"))).Append('\n');
        foreach (string row in tried)
            text.Append("| ").Append(row).Append(" | ").AppendJoin(" | ", columns.Select(column => SymbolOf(row, column))).Append(" |\n");
        text.Append('\n');
        foreach (var reason in _cells.Where(cell => cell.Value.Outcome != Outcome.Passed).GroupBy(cell => (cell.Value.Outcome, cell.Value.Text, cell.Key.Column))
            .OrderBy(group => group.Key.Outcome).ThenBy(group => group.Key.Column, StringComparer.Ordinal).ThenBy(group => group.Key.Text, StringComparer.Ordinal))
            text.Append(reason.Key.Outcome == Outcome.Failed ? "- ✗ " : "- n/a ").Append(reason.Key.Column).Append(", ")
                .AppendJoin("; ", reason.Select(cell => cell.Key.Row).Order(StringComparer.Ordinal)).Append(": ").Append(reason.Key.Text).Append('\n');
        return text.ToString();
    }

    private string SymbolOf(string row, string column) => !_cells.TryGetValue((row, column), out (Outcome Outcome, string) cell) ? "" : cell.Outcome switch
    {
        Outcome.Passed => "✓",
        Outcome.NotApplicable => "n/a",
        _ => "✗",
    };
}
