namespace Shims.MatrixTests.Environments;

/// <summary>Compares what scripts got behind different web servers.</summary>
internal static class Comparison
{
    internal const string Absent = "(absent)";

    /// <summary>What is neither the same everywhere nor on the list of <see cref="Difference"/>s.</summary>
    internal static IReadOnlyList<string> FindUnexplained(IReadOnlyList<Recording> recordings) =>
        [.. Probe.All.SelectMany(probe => FindDifferences(recordings, probe)), .. recordings.SelectMany(FindFaults)];

    private static IEnumerable<string> FindDifferences(IReadOnlyList<Recording> recordings, Probe probe)
    {
        Recording[] answered = [.. recordings.Where(recording => recording.Received.ContainsKey(probe))];
        foreach (string name in answered.SelectMany(recording => recording.Received[probe].Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var values = answered.Where(recording => !Difference.Allows(recording.Front, name))
                .GroupBy(recording => recording.Received[probe].GetValueOrDefault(name, Absent)).ToArray();
            if (values.Length > 1)
                yield return $"{probe}: {name}: {string.Join("; ", values.Select(value => $"{value.Key} behind {string.Join(", ", value.Select(recording => recording.Front.Name))}"))}";
        }
    }

    /// <summary>What can be wrong behind one web server, whatever is so behind the others.</summary>
    private static IEnumerable<string> FindFaults(Recording recording)
    {
        foreach ((Probe probe, int status) in recording.Refused)
            if (Refusal.ReasonOf(recording.Front, probe) is null)
                yield return $"{recording.Front}: {probe} is answered with {status}";

        foreach ((Probe probe, IReadOnlyDictionary<string, string> environment) in recording.Received)
        {
            if (probe.Body is { } body && environment.GetValueOrDefault("CONTENT_LENGTH") != body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture))
                yield return $"{recording.Front}: {probe}: CONTENT_LENGTH={environment.GetValueOrDefault("CONTENT_LENGTH", Absent)}";
            string? translated = environment.TryGetValue("DOCUMENT_ROOT", out string? root) && environment.TryGetValue("PATH_INFO", out string? pathInfo)
                ? root.TrimEnd('/') + pathInfo : null;
            if (environment.GetValueOrDefault("PATH_TRANSLATED") != translated)
                yield return $"{recording.Front}: {probe}: PATH_TRANSLATED={environment.GetValueOrDefault("PATH_TRANSLATED", Absent)}, DOCUMENT_ROOT={root}";
        }
    }
}
