namespace Shims.Control.Doctor.Languages;

/// <summary>What an interpreter says against a source.</summary>
/// <param name="Line">Which line; 0 if it does not say.</param>
/// <param name="Message">In its words.</param>
internal sealed record SourceFault(int Line, string Message);
