using System.Globalization;
using Shims.Control.Client;

namespace Shims.Control.Doctor;

/// <summary>Puts findings into an order in which all their cures can be run as they are printed, one after the other.</summary>
/// <remarks>
/// sed counts lines. What writes a line or takes one away moves those below it, and none above: so of the cures that change lines of the same file
/// the one for the lowest line comes first. They change places with each other only; whoever runs some of them and not others is served as well.
/// </remarks>
internal static class CureOrder
{
    internal static IReadOnlyList<Finding> Arrange(IEnumerable<Finding> findings)
    {
        Finding[] arranged = [.. findings];
        foreach (IGrouping<string, (int At, LineChange Change)> file in arranged
            .SelectMany((finding, at) => Read(finding.Command) is { } change ? [(at, change)] : Array.Empty<(int At, LineChange Change)>())
            .GroupBy(found => found.Change.File).ToArray())
        {
            int[] places = [.. file.Select(found => found.At)];
            Finding[] bottomUp = [.. file.OrderByDescending(found => found.Change.Line).ThenBy(found => found.Change.IsAbove).Select(found => arranged[found.At])];
            for (int i = 0; i < places.Length; i++)
                arranged[places[i]] = bottomUp[i];
        }
        return arranged;
    }

    /// <summary>Where a command of sed changes a file: <c>sed -i 3d FILE</c>, or <c>sed -i -e 3d -e '1i\...' FILE</c>.</summary>
    /// <returns>Null for any other command, and for one that means no particular line.</returns>
    private static LineChange? Read(string? command)
    {
        if (command is null || CommandWords.Split(command, out _) is not ["sed", "-i", .. var expressions, var file])
            return null;
        LineChange? highest = null;
        foreach (string expression in expressions.Where(word => word != "-e"))
        {
            int digits = expression.AsSpan().IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0)
                return null;
            var change = new LineChange(file, int.Parse(expression.AsSpan(0, digits), CultureInfo.InvariantCulture), expression[digits] == 'i');
            if (highest is null || change.Line < highest.Line)
                highest = change;
        }
        return highest;
    }

    /// <param name="File">What is changed.</param>
    /// <param name="Line">The first line that is.</param>
    /// <param name="IsAbove">Whether a line is written above it, so that it moves itself.</param>
    private sealed record LineChange(string File, int Line, bool IsAbove);
}
