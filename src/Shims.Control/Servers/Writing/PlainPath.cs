using System.Buffers;

namespace Shims.Control.Servers.Writing;

/// <summary>Names that mean the same in every configuration language, without quotes.</summary>
internal static class PlainPath
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@~");

    private static readonly SearchValues<char> s_word = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+@~=:,");

    /// <summary>Checks a word of a command line.</summary>
    /// <returns>Cause and cure; null if it can stand in every configuration.</returns>
    internal static string? WordObjection(string word) => word switch
    {
        "" => "the word is empty: leave the option out",
        _ when word.AsSpan().IndexOfAnyExcept(s_word) is >= 0 and var index =>
            $"\"{word}\" has a character ({word[index]}) that inetd.conf, unit files and shells each quote in another way, or cannot: "
                + "write this option into a file, and give the gateway --options FILE",
        _ => null,
    };

    /// <summary>Checks a path.</summary>
    /// <returns>Cause and cure; null if it can stand in every configuration.</returns>
    internal static string? Objection(string path) => path switch
    {
        "" => "the name is empty: give a path",
        _ when path.AsSpan().IndexOfAnyExcept(s_plain) is >= 0 and var index =>
            $"\"{path}\" has a character ({path[index]}) that inetd.conf, unit files and web servers each quote in another way, or "
                + "cannot: make a link with a plain name (ln -s), and give that",
        _ when path.Split('/').Any(component => component is "." or "..") =>
            $"\"{path}\" has . or .. in it: give the path that it leads to",
        _ => null,
    };
}
