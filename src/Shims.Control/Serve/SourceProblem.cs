using Shims.Diagnostics;

namespace Shims.Control.Serve;

/// <summary>A failure at a line of a source file.</summary>
/// <param name="Message">The failure, in the compiler's words, or the method that threw.</param>
/// <param name="File">The absolute path of the file.</param>
/// <param name="Line">The number of the line.</param>
/// <param name="Column">The column, from 1; 0 if it is not known.</param>
internal sealed record SourceProblem(string Message, string File, int Line, int Column)
{
    /// <summary>The line between its neighbours; null if the file cannot be read.</summary>
    internal SourceExcerpt? Excerpt { get; } = SourceExcerpt.Read(File, Line);

    /// <summary>FILE(LINE,COLUMN), as compilers have it.</summary>
    internal string Place => Column > 0 ? $"{File}({Line},{Column})" : $"{File}({Line})";
}
