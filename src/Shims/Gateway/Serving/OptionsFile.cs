using System.Text;
using Shims.Diagnostics;

namespace Shims.Gateway.Serving;

/// <summary><c>--options FILE</c>: options that are in a file, one a line, because a super-server takes few words (openbsd-inetd twenty) and drops the others without one.</summary>
/// <remarks><code>
///   # the name, then its value to the end of the line
///   --env GREETING=hello, world
///   --truthful
/// </code></remarks>
internal static class OptionsFile
{
    internal const string Option = "--options";

    /// <summary>Puts the options of each file where the file stands.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="takesValue">True if the word after an option belongs to it.</param>
    /// <returns>The command line, without <c>--options</c>. The words from the first that is not an option are unchanged.</returns>
    /// <exception cref="ShimException">A file cannot be read, or a line of it is not an option.</exception>
    internal static string[] Expand(string[] arguments, Predicate<string> takesValue)
    {
        var expanded = new List<string>();
        int index = 0;
        for (; index < arguments.Length && arguments[index].StartsWith('-') && arguments[index] != "--"; index++)
        {
            string word = arguments[index];
            if (word == Option)
                Read(++index < arguments.Length ? arguments[index] : "", expanded);
            else if (word.StartsWith(Option + "=", StringComparison.Ordinal))
                Read(word[(Option.Length + 1)..], expanded);
            else
            {
                expanded.Add(word);
                if (takesValue(word) && index + 1 < arguments.Length)
                    expanded.Add(arguments[++index]);
            }
        }
        expanded.AddRange(arguments.AsSpan(Math.Min(index, arguments.Length)));
        return [.. expanded];
    }

    private static void Read(string path, List<string> into)
    {
        if (path.Length == 0)
            throw new ShimException(ExitCode.Usage, $"{Option} takes a file", $"write {Option} FILE");
        foreach ((int number, byte[] bytes) in SettingsFile.Read(Option, path, isSecret: false))
        {
            if (!System.Text.Unicode.Utf8.IsValid(bytes))
                throw SettingsFile.Refusal(Option, path, $"line {number} is not UTF-8", "put such a value into a file of --env-file");
            string line = Encoding.UTF8.GetString(bytes);
            if (!line.StartsWith("--", StringComparison.Ordinal) || line.Length == 2)
                throw SettingsFile.Refusal(Option, path, $"line {number} is not an option", "write one option a line, with two dashes; TARGET and what follows it stay on the command line");
            // --name=value is one word, whatever is in the value.
            int space = line.AsSpan().IndexOfAny(" \t=") is >= 0 and var end && line[end] != '=' ? end : -1;
            string name = space < 0 ? line : line[..space];
            if (name == Option || name.StartsWith(Option + "=", StringComparison.Ordinal))
                throw SettingsFile.Refusal(Option, path, $"line {number} names another such file", $"give {Option} several times on the command line");
            into.Add(name);
            if (space >= 0)
                into.Add(line[space..].Trim());
        }
    }
}
