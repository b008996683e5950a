namespace Shims.Control.Terminal;

/// <summary>The reader of standard output has closed it, as <c>head</c> does. This ends the program, and is not an error.</summary>
internal sealed class BrokenPipeException : IOException;
