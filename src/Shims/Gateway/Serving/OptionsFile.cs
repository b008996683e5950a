using System.Text;
using Shims.Diagnostics;

namespace Shims.Gateway.Serving;

/// <summary><c>--options FILE</c>: options that are in a file, one a line, because a super-server takes few words (openbsd-inetd twenty) and drops the others without one.</summary>
/// <remarks><code>
///   # the name, then its value to the end of the line
///   --env GREETING=hello, world
///   --truthful
///
///   # from here on for one script of the directory
///   [awstats.pl]
///   --timeout 300
/// </code></remarks>
internal static class OptionsFile
{
    internal const string Option = "--options";

    /// <summary>Puts the options of each file where the file stands.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="takesValue">True if the word after an option belongs to it.</param>
    /// <param name="sections">The options of single scripts are added to it; null to leave them out.</param>
    /// <returns>The command line, without <c>--options</c>. The words from the first that is not an option are unchanged.</returns>
    /// <exception cref="ShimException">A file cannot be read, or a line of it is not an option.</exception>
    internal static string[] Expand(string[] arguments, Predicate<string> takesValue, List<OptionsSection>? sections = null)
    {
        var expanded = new List<string>();
        int index = 0;
        for (; index < arguments.Length && arguments[index].StartsWith('-') && arguments[index] != "--"; index++)
        {
            string word = arguments[index];
            if (word == Option)
                Read(++index < arguments.Length ? arguments[index] : "", expanded, sections);
            else if (word.StartsWith(Option + "=", StringComparison.Ordinal))
                Read(word[(Option.Length + 1)..], expanded, sections);
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

    private static void Read(string path, List<string> into, List<OptionsSection>? sections)
    {
        if (path.Length == 0)
            throw new ShimException(ExitCode.Usage, $"{Option} takes a file", $"write {Option} FILE");
        foreach ((int number, byte[] bytes) in SettingsFile.Read(Option, path, isSecret: false))
        {
            if (!System.Text.Unicode.Utf8.IsValid(bytes))
                throw SettingsFile.Refusal(Option, path, $"line {number} is not UTF-8", "put such a value into a file of --env-file");
            string line = Encoding.UTF8.GetString(bytes);
            if (line is ['[', .. var name, ']'])
            {
                var section = new OptionsSection(path, number, name.Trim(), []);
                sections?.Add(section);
                into = section.Words;
                continue;
            }
            if (!line.StartsWith("--", StringComparison.Ordinal) || line.Length == 2)
                throw SettingsFile.Refusal(Option, path, $"line {number} is not an option",
                    "write one option a line, with two dashes, or [NAME] before the options of one script; TARGET and what follows it stay on the command line");
            // --name=value is one word, whatever is in the value.
            int space = line.AsSpan().IndexOfAny(" \t=") is >= 0 and var end && line[end] != '=' ? end : -1;
            string option = space < 0 ? line : line[..space];
            if (option == Option || option.StartsWith(Option + "=", StringComparison.Ordinal))
                throw SettingsFile.Refusal(Option, path, $"line {number} names another such file", $"give {Option} several times on the command line");
            into.Add(option);
            if (space >= 0)
                into.Add(line[space..].Trim());
        }
    }
}

/// <summary>The options of one script.</summary>
/// <param name="File">The file that has them.</param>
/// <param name="Line">The line of its name there.</param>
/// <param name="Name">The script's path below TARGET.</param>
/// <param name="Words">The options.</param>
internal sealed record OptionsSection(string File, int Line, string Name, List<string> Words);
