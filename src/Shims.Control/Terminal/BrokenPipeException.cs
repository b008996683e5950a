namespace Shims.Control.Terminal;

/// <summary>Whoever read standard output has gone, as <c>head</c> does when it has enough: the end, and no fault.</summary>
internal sealed class BrokenPipeException : IOException;
