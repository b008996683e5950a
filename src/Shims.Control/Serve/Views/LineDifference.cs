namespace Shims.Control.Serve.Views;

/// <summary>The difference between two texts, line by line. E. W. Myers, An O(ND) Difference Algorithm (1986).</summary>
internal static class LineDifference
{
    /// <summary>The largest number of lines of a side. The rest is not compared.</summary>
    internal const int MaxLines = 2000;

    /// <summary>The largest number of lines that may differ. Beyond it, one side is shown after the other.</summary>
    private const int MaxEdits = 800;

    /// <summary>The number of equal lines that are shown around a difference.</summary>
    private const int Context = 3;

    /// <summary>A line of the result.</summary>
    /// <param name="Side"><c>=</c> in both, <c>-</c> only in the first, <c>+</c> only in the second, <c>.</c> for equal lines left
    /// out.</param>
    /// <param name="Text">The line, or the number of lines left out.</param>
    internal sealed record Line(string Side, string Text);

    /// <summary>Compares two texts.</summary>
    /// <returns>Empty if they are equal.</returns>
    internal static IReadOnlyList<Line> Of(IReadOnlyList<string> first, IReadOnlyList<string> second)
    {
        if (first.SequenceEqual(second, StringComparer.Ordinal))
            return [];
        string[] a = [.. first.Take(MaxLines)], b = [.. second.Take(MaxLines)];
        return Fold([.. Compare(a, b)]);
    }

    private static IEnumerable<Line> Compare(string[] a, string[] b)
    {
        int start = 0, common = Math.Min(a.Length, b.Length);
        while (start < common && a[start] == b[start])
            start++;
        int end = 0;
        while (end < common - start && a[^(end + 1)] == b[^(end + 1)])
            end++;
        string[] left = a[start..^end], right = b[start..^end];
        return
        [
            .. a[..start].Select(Same),
            .. Edits(left, right) ?? [.. left.Select(Only("-")), .. right.Select(Only("+"))],
            .. a[^end..].Select(Same),
        ];
    }

    /// <summary>The shortest sequence of edits; null if it is longer than the limit.</summary>
    private static List<Line>? Edits(string[] a, string[] b)
    {
        var reached = new int[2 * MaxEdits + 3];
        int middle = MaxEdits + 1;
        var rounds = new List<int[]>();
        for (int edits = 0; edits <= Math.Min(MaxEdits, a.Length + b.Length); edits++)
        {
            rounds.Add(reached[(middle - edits - 1)..(middle + edits + 2)]);
            for (int diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                int x = IsDown(reached, middle + diagonal, diagonal, edits)
                    ? reached[middle + diagonal + 1]
                    : reached[middle + diagonal - 1] + 1;
                while (x < a.Length && x - diagonal < b.Length && a[x] == b[x - diagonal])
                    x++;
                reached[middle + diagonal] = x;
                if (x >= a.Length && x - diagonal >= b.Length)
                    return Trace(a, b, rounds);
            }
        }
        return null;
    }

    private static bool IsDown(int[] reached, int place, int diagonal, int edits) =>
        diagonal == -edits || (diagonal != edits && reached[place - 1] < reached[place + 1]);

    /// <summary>Goes back from the end over the rounds.</summary>
    private static List<Line> Trace(string[] a, string[] b, List<int[]> rounds)
    {
        var lines = new List<Line>();
        int x = a.Length, y = b.Length;
        for (int edits = rounds.Count - 1; edits >= 0; edits--)
        {
            int diagonal = x - y, middle = edits + 1;
            bool isDown = IsDown(rounds[edits], middle + diagonal, diagonal, edits);
            int before = isDown ? diagonal + 1 : diagonal - 1;
            int fromX = rounds[edits][middle + before], fromY = fromX - before;
            while (x > Math.Max(fromX, 0) && y > Math.Max(fromY, 0) && a[x - 1] == b[y - 1])
            {
                lines.Add(Same(a[--x]));
                y--;
            }
            if (edits == 0)
                break;
            lines.Add(isDown ? new Line("+", b[--y]) : new Line("-", a[--x]));
        }
        lines.Reverse();
        return lines;
    }

    /// <summary>Leaves equal lines out that are far from a difference.</summary>
    private static List<Line> Fold(Line[] lines)
    {
        var folded = new List<Line>();
        for (int i = 0; i < lines.Length;)
        {
            int length = 0;
            while (i + length < lines.Length && lines[i + length].Side == "=")
                length++;
            int before = i == 0 ? 0 : Context, after = i + length == lines.Length ? 0 : Context;
            if (length > before + after + 1)
            {
                folded.AddRange(lines.AsSpan(i, before));
                folded.Add(new Line(".", $"{length - before - after} equal lines"));
                folded.AddRange(lines.AsSpan(i + length - after, after));
            }
            else
            {
                length = Math.Max(length, 1);
                folded.AddRange(lines.AsSpan(i, length));
            }
            i += length;
        }
        return folded;
    }

    private static Line Same(string text) => new("=", text);

    private static Func<string, Line> Only(string side) => text => new Line(side, text);
}
