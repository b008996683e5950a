using System.Text;

namespace Shims.MatrixTests.Environments;

/// <summary>Writes down what each web server sent and what the script got.</summary>
/// <param name="recordings">One for each front.</param>
internal sealed class Report(IReadOnlyList<Recording> recordings)
{
    private readonly StringBuilder _text = new();
    private readonly HashSet<(string Variable, string Sent, string Servers, string Received)> _written = [];

    /// <summary>The report in Markdown.</summary>
    internal string ToMarkdown()
    {
        _text.Append("# Which variables does a script get?\n\n")
            .Append("Written by `make matrix`: the same ").Append(Probe.All.Count).Append(" requests through ").Append(recordings.Count)
            .Append(" configurations, what the web servers made of them, and what the script got. Names of folders and ports are those of the examples. What a web server sends to a program that it starts itself is not looked at, only what the script gets.\n\n")
            .AppendJoin(", ", recordings.Select(recording => recording.Front.Product.ToString()).Distinct()).Append("\n\n## What may differ\n\n");
        foreach (Difference difference in Difference.All)
            _text.Append("- ").Append(difference).Append('\n');
        foreach (Probe probe in Probe.All)
            Write(probe);
        return _text.ToString();
    }

    private void Write(Probe probe)
    {
        Recording[] answered = [.. recordings.Where(recording => recording.Received.ContainsKey(probe))];
        _text.Append("\n## `").Append(probe).Append("`\n\n");
        if (probe.Headers.Count > 0)
            _text.Append("with `").AppendJoin("`, `", probe.Headers).Append("`\n\n");

        _text.Append("Every script gets\n\n```text\n");
        SortedDictionary<string, string> common = CommonTo(answered, probe);
        foreach ((string name, string value) in common)
            _text.Append(name).Append('=').Append(value).Append('\n');
        _text.Append("```\n\n");

        (string, string, string, string)[] rows = [.. RowsOf([.. answered.Where(recording => recording.Sent.ContainsKey(probe))], probe).Where(_written.Add)];
        if (rows.Length > 0)
            _text.Append("| variable").Append(_written.Count == rows.Length ? "" : ", other than above").Append(" | as it was sent | by | as the script got it |\n|---|---|---|---|\n");
        foreach ((string name, string sent, string servers, string received) in rows)
            _text.Append("| ").Append(name).Append(" | ").Append(sent).Append(" | ").Append(servers).Append(" | ").Append(received).Append(" |\n");
        var refusals = recordings.Where(recording => recording.Refused.ContainsKey(probe))
            .GroupBy(recording => (Status: recording.Refused[probe], Reason: Refusal.ReasonOf(recording.Front, probe) ?? "for no reason that is known"));
        foreach (var refusal in refusals)
            _text.Append("\nNot sent by ").Append(NamesOf([.. refusal])).Append(", but answered with ").Append(refusal.Key.Status).Append(", ").Append(refusal.Key.Reason).Append(".\n");
    }

    /// <summary>What is the same behind all.</summary>
    private static SortedDictionary<string, string> CommonTo(Recording[] answered, Probe probe)
    {
        var common = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Recording recording in answered)
            foreach ((string name, string value) in recording.Received[probe])
                if (!Difference.Allows(recording.Front, name))
                    common.TryAdd(name, value);
        return common;
    }

    /// <summary>Where a script got something else than was sent: what was sent, by whom, and what became of it.</summary>
    private IEnumerable<(string Variable, string Sent, string Servers, string Received)> RowsOf(Recording[] tapped, Probe probe)
    {
        string[] names = [.. tapped.SelectMany(recording => recording.Sent[probe].Select(pair => pair.Key).Concat(recording.Received[probe].Keys)).Distinct().Order(StringComparer.Ordinal)];
        foreach (string name in names)
        {
            var changes = tapped.GroupBy(recording => (Sent: SentBy(recording, probe, name), Received: ReceivedBehind(recording, probe, name)))
                .Where(change => change.Key.Sent != change.Key.Received)
                .OrderByDescending(change => change.Count()).ThenBy(change => change.Key.Sent, StringComparer.Ordinal);
            foreach (var change in changes)
                yield return (name, change.Key.Sent, change.Count() == tapped.Length ? "all" : NamesOf([.. change]), change.Key.Received);
        }
    }

    private static string SentBy(Recording recording, Probe probe, string name)
    {
        string[] values = [.. recording.Sent[probe].Where(pair => pair.Key == name).Select(pair => AsCode(pair.Value))];
        return values.Length == 0 ? Comparison.Absent : string.Join(", then ", values);
    }

    private static string ReceivedBehind(Recording recording, Probe probe, string name) =>
        recording.Received[probe].TryGetValue(name, out string? value) ? AsCode(value) : Comparison.Absent;

    private static string AsCode(string value) => value.Length == 0 ? "(empty)" : $"`{value.Replace("|", "\\|", StringComparison.Ordinal)}`";

    /// <summary>A product's name where all of its fronts are meant.</summary>
    private string NamesOf(Recording[] meant) => string.Join(", ", meant.GroupBy(recording => recording.Front.Product.Name).SelectMany(group =>
        group.Count() == recordings.Count(recording => recording.Front.Product.Name == group.Key && recording.Front.BackendAddress is not null)
            ? [$"every {group.Key}"]
            : group.Select(recording => recording.Front.Name)));
}
