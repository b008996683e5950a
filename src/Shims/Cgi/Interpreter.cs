namespace Shims.Cgi;

/// <summary>The program that runs all files with one extension.</summary>
/// <param name="extension">With its dot.</param>
/// <param name="program">Its absolute path, NUL-terminated, good for the life of the process.</param>
internal readonly unsafe struct Interpreter(byte[] extension, byte* program)
{
    internal byte[] Extension { get; } = extension;

    internal byte* Program { get; } = program;
}
