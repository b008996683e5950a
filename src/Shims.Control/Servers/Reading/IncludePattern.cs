using System.IO.Enumeration;

namespace Shims.Control.Servers.Reading;

/// <summary>The files that an include means.</summary>
internal static class IncludePattern
{
    /// <summary>Finds them, in the order of their names.</summary>
    /// <param name="pattern">An absolute path; <c>*</c> and <c>?</c> may stand for something in any part of it.</param>
    internal static IReadOnlyList<string> Find(string pattern)
    {
        IEnumerable<string> found = ["/"];
        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (string part in parts)
            found = HasWildcard(part)
                ? [.. found.SelectMany(folder => Matches(folder, part))]
                : [.. found.Select(folder => Path.Join(folder, part))];
        return [.. found.Where(path => File.Exists(path) || Directory.Exists(path)).Order(StringComparer.Ordinal)];
    }

    /// <summary>True if it is a fault if there is no such file.</summary>
    internal static bool HasWildcard(string text) => text.AsSpan().ContainsAny('*', '?', '[');

    private static IEnumerable<string> Matches(string folder, string pattern)
    {
        try
        {
            // A wildcard does not stand for the dot at the beginning of a name: glob(7).
            return Directory.EnumerateFileSystemEntries(folder)
                .Where(path => FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: false))
                .Where(path => pattern.StartsWith('.') || !Path.GetFileName(path).StartsWith('.')).ToArray();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
