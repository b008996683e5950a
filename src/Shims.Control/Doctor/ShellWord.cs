using System.Buffers;

namespace Shims.Control.Doctor;

/// <summary>Writes words so that a shell reads them back as they were.</summary>
internal static class ShellWord
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-");

    /// <summary>Quotes a word if that is needed. Quotes are the only way that every shell reads alike; <c>\</c> is not.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(s_plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command line.</summary>
    internal static string Join(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A path as an operand: one that begins with a dash is not taken for an option.</summary>
    internal static string Path(string path) => Quote(path.StartsWith('-') ? $"./{path}" : path);
}
