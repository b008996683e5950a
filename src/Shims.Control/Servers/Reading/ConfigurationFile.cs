using Shims.Control.Doctor;

namespace Shims.Control.Servers.Reading;

/// <summary>Reads files that may be missing, unreadable, enormous or binary.</summary>
internal static class ConfigurationFile
{
    /// <summary>No configuration that people write is longer; what is, is something else.</summary>
    private const int MaxSize = 4 << 20;

    /// <summary>Reads a file as text.</summary>
    /// <returns>Null if that is not possible, or if it is not text.</returns>
    internal static string? TryRead(string path)
    {
        try
        {
            if (!RegularFile.IsAt(path) || new FileInfo(path).Length > MaxSize)
                return null;
            string text = File.ReadAllText(path);
            return text.Contains('\0') ? null : text;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The lines of a file; none if it cannot be read.</summary>
    internal static string[] ReadLines(string path) => TryRead(path)?.ReplaceLineEndings("\n").Split('\n') ?? [];
}
