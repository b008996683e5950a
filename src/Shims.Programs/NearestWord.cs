namespace Shims.Programs;

/// <summary>Finds the word that a misspelt one was meant to be.</summary>
internal static class NearestWord
{
    /// <summary>A longer word is not a misspelt option.</summary>
    private const int Longest = 40;

    /// <summary>The nearest of some words.</summary>
    /// <param name="word">The misspelt one.</param>
    /// <param name="known">The words that there are.</param>
    /// <returns>Null if none is near: up to a third of its letters may be wrong.</returns>
    internal static string? Among(string word, IEnumerable<string> known)
    {
        if (word.Length > Longest)
            return null;
        string? nearest = null;
        int least = int.MaxValue;
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate), most = Math.Max(1, candidate.TrimStart('-').Length / 3);
            // Of an abbreviation nothing is wrong.
            if (word.TrimStart('-').Length >= 3 && candidate.StartsWith(word, StringComparison.Ordinal))
                distance = Math.Min(distance, 1);
            if (distance <= most && distance < least)
                (nearest, least) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>The nearest of some words, however far it is.</summary>
    /// <param name="word">The misspelt one.</param>
    /// <param name="known">The words that there are, at least one.</param>
    internal static string Closest(string word, string[] known)
    {
        if (Among(word, known) is { } near)
            return near;
        string nearest = known[0];
        if (word.Length > Longest)
            return nearest;
        int least = int.MaxValue;
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate);
            if (distance < least)
                (nearest, least) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>The number of letters to put in, take out, change, or exchange with their neighbour.</summary>
    internal static int Distance(string from, string to)
    {
        int[,] distances = new int[from.Length + 1, to.Length + 1];
        for (int i = 0; i <= from.Length; i++)
        {
            for (int j = 0; j <= to.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }
                int change = from[i - 1] == to[j - 1] ? 0 : 1;
                int least = Math.Min(Math.Min(distances[i - 1, j], distances[i, j - 1]) + 1, distances[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    least = Math.Min(least, distances[i - 2, j - 2] + 1);
                distances[i, j] = least;
            }
        }
        return distances[from.Length, to.Length];
    }
}
