using System.Text;

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
            string source = Encoding.UTF8.GetString(File.ReadAllBytes(file));
            var lines = new List<string>();
            int number = 0;
            // Nothing here is more than what every handler has in its program anyway.
            foreach (ReadOnlySpan<char> text in (source.EndsWith('\n') ? source.AsSpan(..^1) : source).EnumerateLines())
            {
                if (++number > line + 1)
                    break;
                if (number >= first)
                    lines.Add(Shorten(text));
            }
            return line > 0 && lines.Count > line - first ? new SourceExcerpt(first, lines) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null; // A source is a help, and may be on another machine.
        }
    }

    private static string Shorten(ReadOnlySpan<char> line) => line.Length <= Width ? line.ToString() : $"{line[..Width]}…";
}
