namespace Shims.Diagnostics;

/// <summary>A line of a source file between its neighbours, for a developer.</summary>
/// <param name="First">The number of the first line.</param>
/// <param name="Lines">The text of up to three lines.</param>
internal sealed record SourceExcerpt(int First, IReadOnlyList<string> Lines)
{
    /// <summary>Characters of a line that are kept.</summary>
    private const int Width = 240;

    /// <summary>Reads a line and its neighbours.</summary>
    /// <param name="file">The path of the file.</param>
    /// <param name="line">The number of the line, from 1.</param>
    /// <returns>Null if the file cannot be read, or is shorter.</returns>
    internal static SourceExcerpt? Read(string file, int line)
    {
        int first = Math.Max(1, line - 1);
        try
        {
            string[] lines = [.. File.ReadLines(file).Skip(first - 1).Take(line + 2 - first).Select(Shorten)];
            return line > 0 && lines.Length > line - first ? new SourceExcerpt(first, lines) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // A source is a help, and may be on another machine.
        }
    }

    private static string Shorten(string line) => line.Length <= Width ? line : line[..Width] + "…";
}
