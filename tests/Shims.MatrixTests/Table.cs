using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

[assembly: AssemblyFixture(typeof(Shims.MatrixTests.Table))]

namespace Shims.MatrixTests;

/// <summary>Collects what the cells say. When the last one has, writes artifacts/matrix.md, and docs/compatibility/checks.md too if no cell is missing.</summary>
public sealed class Table : IDisposable
{
    private static readonly Product[] s_others =
    [
        new("scgi-run", Repository.PathTo("bin/scgi-run"), "--version"), new("fcgi-run", Repository.PathTo("bin/fcgi-run"), "--version"), new("uwsgi-run", Repository.PathTo("bin/uwsgi-run"), "--version"), new("ajp-run", Repository.PathTo("bin/ajp-run"), "--version"), new("curl", "curl", "--version"),
    ];

    private readonly ConcurrentDictionary<(string Front, Check Check), (Outcome Outcome, string Text)> _cells = new();

    internal Section SuperServers { get; } = new("Every super-server",
        "Each starts the program for an nginx in front of it. scgi-run with nowait becomes the script; the last two checks need a gateway that stays beside the script, and are made with `--truthful`. "
            + "Web servers that start fcgi-run themselves have rows above: apache-fcgid, lighttpd-binpath, h2o-spawn.",
        [.. SuperServerFront.All.Select(row => row.Name)], SuperServerTests.Columns, SuperServerFront.All.Select(row => row.Product));

    internal Section Applications { get; } = new("Applications",
        "As the distribution ships them. Where a web server takes no large upload of unknown length, git is told to say the length of what it pushes (`git -c http.postBuffer=50m push`).",
        ApplicationTests.Rows, ApplicationTests.Columns,
        [
            Product.OfPackage("AWStats", "perl", "awstats"), Product.OfPackage("gitweb", "perl", "gitweb"), Product.OfPackage("cgit", "perl", "cgit"), new("git", "git", "--version"),
            new("php-cgi", "php-cgi", "-v"), Product.OfPackage("CGI.pm", "perl", "libcgi-pm-perl"), new("Perl", "perl", "-v"), new("Python", "python3", "--version"),
        ]);

    internal void Note(Front front, Check check, Outcome outcome, string text) => _cells[(front.Name, check)] = (outcome, text);

    public void Dispose()
    {
        string text = (_cells.IsEmpty ? "" : ToMarkdown()) + SuperServers.ToMarkdown() + Applications.ToMarkdown();
        if (text.Length == 0)
            return;
        Directory.CreateDirectory(Repository.PathTo("artifacts"));
        File.WriteAllText(Repository.PathTo("artifacts/matrix.md"), text);
        if (Cells.Full && _cells.Count == Fronts.All.Count * Enum.GetValues<Check>().Length && SuperServers.IsComplete && Applications.IsComplete)
            File.WriteAllText(Repository.PathTo("docs/compatibility/checks.md"), text);
    }

    private string ToMarkdown()
    {
        Check[] checks = Enum.GetValues<Check>();
        Front[] rows = [.. Fronts.All.Where(front => _cells.Keys.Any(cell => cell.Front == front.Name))];
        var text = new StringBuilder("# Which checks pass behind which server?\n\nWritten by `make matrix`: ✓ passes, n/a cannot be for the reason below the table, ✗ fails.\n\n");
        text.AppendJoin(", ", rows.Select(front => front.Product.ToString()).Distinct().Concat(s_others.Where(product => product.IsInstalled).Select(product => product.ToString())))
            .Append(", ").Append(RuntimeInformation.OSDescription).Append(".\n\n");

        text.Append("| | ").AppendJoin(" | ", checks.Select(TitleOf)).Append(" |\n");
        text.Append("|---|").Append(string.Concat(checks.Select(_ => ":-:|"))).Append('\n');
        foreach (Front row in rows)
            text.Append("| ").Append(row.Name).Append(" | ").AppendJoin(" | ", checks.Select(check => SymbolOf(row, check))).Append(" |\n");

        var reasons = _cells.Where(cell => cell.Value.Outcome != Outcome.Passed)
            .GroupBy(cell => (cell.Value.Outcome, cell.Value.Text, cell.Key.Check))
            .OrderBy(group => group.Key.Outcome).ThenBy(group => group.Key.Check).ThenBy(group => group.Key.Text, StringComparer.Ordinal);
        text.Append('\n');
        foreach (var reason in reasons)
            text.Append(reason.Key.Outcome == Outcome.Failed ? "- ✗ " : "- n/a ").Append(TitleOf(reason.Key.Check)).Append(", ")
                .AppendJoin(", ", reason.Select(cell => cell.Key.Front).Order(StringComparer.Ordinal)).Append(": ").Append(reason.Key.Text).Append('\n');
        return text.ToString();
    }

    private string SymbolOf(Front row, Check check) => !_cells.TryGetValue((row.Name, check), out (Outcome Outcome, string) cell) ? "" : cell.Outcome switch
    {
        Outcome.Passed => "✓",
        Outcome.NotApplicable => "n/a",
        _ => "✗",
    };

    private static string TitleOf(Check check) => check switch
    {
        Check.Page => "page",
        Check.Query => "QUERY_STRING",
        Check.PathInfo => "PATH_INFO",
        Check.Environment => "environment",
        Check.Head => "HEAD",
        Check.Statuses => "304 404 418",
        Check.PostNothing => "POST 0 B",
        Check.PostByte => "POST 1 B",
        Check.PostMegabyte => "POST 1 MiB",
        Check.PostLarge => "POST 20 MiB",
        Check.Chunked => "chunked POST",
        Check.Download => "50 MiB page",
        Check.Concurrent => "8 × 50 requests",
        Check.LeftWhileWriting => "browser leaves, script writes",
        Check.LeftWhileSilent => "browser leaves, script silent",
        Check.EarlyRefusal => "early 413",
        Check.BrokenOff => "killed script shows",
        Check.BrokenOffWithLength => "the same with a length",
        Check.OutOfTime => "time-out shows",
        _ => throw new ArgumentOutOfRangeException(nameof(check)),
    };
}
