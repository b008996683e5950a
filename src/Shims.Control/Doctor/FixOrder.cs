using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor;

/// <summary>Puts findings into an order in which all their commands can be run as they are printed, one after the other.</summary>
/// <remarks>
/// sed counts lines. What writes a line or takes one away moves those below it, and none above: so of the cures that change lines of the
/// same file
/// the one for the lowest line comes first. They change places with each other only, so that running some of them works too.
/// </remarks>
internal static class FixOrder
{
    internal static IReadOnlyList<Finding> Arrange(IEnumerable<Finding> findings)
    {
        Finding[] arranged = [.. findings];
        foreach (IGrouping<string, (int At, LineChange Change)> file in arranged
            .SelectMany((finding, at) =>
                (finding.Fix as ShellCommand)?.Edit is { Highest: { } change } edit ? [(edit.File, At: at, Change: change)]
                : Array.Empty<(string File, int At, LineChange Change)>())
            .GroupBy(found => found.File, found => (found.At, found.Change)).ToArray())
        {
            int[] places = [.. file.Select(found => found.At)];
            Finding[] bottomUp = [.. file.OrderByDescending(found => found.Change.Line)
                .ThenBy(found => found.Change.Kind == LineChangeKind.InsertBefore).Select(found => arranged[found.At])];
            for (int i = 0; i < places.Length; i++)
                arranged[places[i]] = bottomUp[i];
        }
        return arranged;
    }
}
