using System.Text;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The first line of a script, read as the kernel and then <c>env</c> read it. execve(2), env(1).</summary>
/// <param name="Program">What the kernel starts.</param>
/// <param name="EnvProgram">What <c>env</c> is asked for, if that is the program; null otherwise.</param>
/// <param name="Arguments">What the interpreter proper gets before the script.</param>
internal sealed record InterpreterLine(string Program, string? EnvProgram, IReadOnlyList<string> Arguments)
{
    /// <summary>Whether <c>env</c> takes several words for one name, because <c>-S</c> is missing.</summary>
    internal bool LacksSplit { get; private init; }

    /// <summary>A PATH that the line itself sets for <c>env -S</c>.</summary>
    internal string? OwnPath { get; private init; }

    /// <summary>The name of the interpreter proper, such as <c>perl</c>.</summary>
    internal string Name => Path.GetFileName(EnvProgram ?? Program);

    /// <summary>As much of the first line as the kernel reads. execve(2): 255 bytes since Linux 5.1.</summary>
    private const int MaxLength = 255;

    /// <summary>Reads a script's first line.</summary>
    /// <param name="start">The script's first bytes.</param>
    /// <returns>Null if it has no such line, or one that names nothing.</returns>
    internal static InterpreterLine? Read(ReadOnlySpan<byte> start)
    {
        if (!start.StartsWith("#!"u8))
            return null;
        ReadOnlySpan<byte> line = start[2..Math.Min(start.Length, MaxLength)];
        int end = line.IndexOf((byte)'\n');
        return Parse(Encoding.UTF8.GetString(end < 0 ? line : line[..end]));
    }

    /// <param name="line">The text after <c>#!</c>.</param>
    internal static InterpreterLine? Parse(string line)
    {
        line = line.Trim(' ', '\t', '\r');
        if (line.Length == 0)
            return null;
        // The kernel splits once; all that follows is one argument.
        int space = line.IndexOfAny([' ', '\t']);
        string program = space < 0 ? line : line[..space];
        string argument = space < 0 ? "" : line[space..].Trim(' ', '\t');
        if (Path.GetFileName(program) != "env" || argument.Length == 0)
            return new InterpreterLine(program, null, argument.Length == 0 ? [] : [argument]);
        return ParseEnv(program, argument);
    }

    private static InterpreterLine ParseEnv(string program, string argument)
    {
        bool isSplit = argument.StartsWith("-S", StringComparison.Ordinal) || argument.StartsWith(
            "--split-string", StringComparison.Ordinal);
        if (!isSplit)
        {
            bool isSeveral = argument.Contains(' ', StringComparison.Ordinal) || argument.Contains('\t', StringComparison.Ordinal);
            return new InterpreterLine(program, argument, []) { LacksSplit = isSeveral };
        }
        string[] words = argument[(argument.StartsWith("-S", StringComparison.Ordinal) ? 2 : "--split-string".Length)..].TrimStart('=')
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        int at = 0;
        string? path = null;
        for (; at < words.Length && (words[at].StartsWith('-') || words[at].Contains('=', StringComparison.Ordinal)); at++)
        {
            if (words[at].StartsWith("PATH=", StringComparison.Ordinal))
                path = words[at]["PATH=".Length..];
            else if (words[at] is "-u" or "-C") // The next word is this option's.
                at++;
        }
        return at < words.Length
            ? new InterpreterLine(program, words[at], words[(at + 1)..]) { OwnPath = path }
            : new InterpreterLine(program, null, []);
    }
}
