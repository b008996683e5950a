namespace Shims.Control.Doctor.Fixes;

/// <summary>One step of a change to a file.</summary>
/// <param name="Line">The line that it is about, from 1; 0 for all of them.</param>
/// <param name="Expression">What sed is to do.</param>
internal sealed record LineStep(int Line, string Expression)
{
    /// <summary>Whether a line is written above it, so that it moves itself.</summary>
    internal bool IsAbove { get; init; }
}
