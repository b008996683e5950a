namespace Shims.Control.Doctor.Languages;

/// <summary>A fault of a source, as the interpreter names it.</summary>
/// <param name="Line">Which line; 0 if it does not say.</param>
/// <param name="Message">In its words.</param>
internal sealed record SourceFault(int Line, string Message);
