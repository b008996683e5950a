namespace Shims.Diagnostics;

/// <summary>A frame of a stack trace that names a line of a source file.</summary>
/// <param name="Method">The method, in the words of a developer where the compiler's differ.</param>
/// <param name="File">The path of the file.</param>
/// <param name="Line">The number of the line.</param>
internal sealed record SourceFrame(string Method, string File, int Line)
{
    /// <summary>Finds the first frame with a line: of the program itself, as the runtime's frames have none.</summary>
    /// <param name="trace">One frame on a line: <c>at METHOD(PARAMETERS) in FILE:line NUMBER</c>.</param>
    /// <returns>Null if no frame names a line, as in a native program.</returns>
    internal static SourceFrame? FindFirst(string trace)
    {
        foreach (ReadOnlySpan<char> line in trace.AsSpan().EnumerateLines())
        {
            if (Parse(line.Trim()) is { } frame)
                return frame;
        }
        return null;
    }

    private static SourceFrame? Parse(ReadOnlySpan<char> text)
    {
        const string at = "at ", inFile = ") in ", atLine = ":line ";
        int file = text.LastIndexOf(inFile), line = text.LastIndexOf(atLine);
        if (!text.StartsWith(at) || file < 0 || line < file + inFile.Length
            || !int.TryParse(text[(line + atLine.Length)..], System.Globalization.NumberStyles.None, null, out int number))
        {
            return null;
        }
        return new SourceFrame(NameOf(text[at.Length..file]), text[(file + inFile.Length)..line].ToString(), number);
    }

    /// <summary>The name of a method that a developer has written: the compiler makes others of lambda expressions, local functions and
    /// the statements of a file.</summary>
    private static string NameOf(ReadOnlySpan<char> method)
    {
        int parameters = method.IndexOf('(');
        ReadOnlySpan<char> name = parameters < 0 ? method : method[..parameters];
        int local = name.IndexOf("g__");
        if (local >= 0 && name[local..].IndexOf('|') is > 3 and var end)
            return name.Slice(local + 3, end - 3).ToString();
        return name.Contains(">b__", StringComparison.Ordinal) ? "a lambda expression"
            : name.EndsWith("<Main>$", StringComparison.Ordinal) ? "the statements of the file"
            : name.ToString();
    }
}
