namespace Shims.Control.Doctor.Scripts;

/// <summary>A change to one line of a source.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Text">What is to stand there.</param>
internal sealed record RepairedLine(int Line, string Text);
