namespace Shims.ReadmeTests.Manifests;

/// <summary>The keys that a format knows, level by level, for formats that have no reader on NuGet which refuses others.</summary>
/// <param name="levels">
/// Each level's path, its parts divided by dots, and its keys. A part may be *, for names of one's own; so may the keys, for a level of such names.
/// </param>
internal sealed class KnownKeys(params IReadOnlyList<(string Path, string Keys)> levels)
{
    /// <summary>The paths of keys that the format does not know.</summary>
    /// <param name="node">A dictionary, a list, or a text.</param>
    /// <param name="path">Where it stands.</param>
    internal IEnumerable<string> FindUnknown(object? node, params string[] path)
    {
        if (node is List<object?> list)
            return list.SelectMany(item => FindUnknown(item, path));
        if (node is not Dictionary<string, object?> keys)
            return [];
        string? known = levels.Where(level => Fits(level.Path, path)).Select(static level => level.Keys).FirstOrDefault();
        string[] names = known?.Split(' ') ?? [];
        return keys.SelectMany(key => known == "*" || names.Contains(key.Key) ? FindUnknown(key.Value, [.. path, key.Key]) : [string.Join('.', [.. path, key.Key])]);
    }

    private static bool Fits(string pattern, string[] path)
    {
        string[] parts = pattern.Split('.', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == path.Length && parts.Zip(path).All(static pair => pair.First == "*" || pair.First == pair.Second);
    }
}
