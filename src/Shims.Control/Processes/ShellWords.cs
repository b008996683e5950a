using System.Buffers;
using System.Text;

namespace Shims.Control.Processes;

/// <summary>Words of a command line: writes them so that a shell reads them back as they were, and reads them as a shell would.</summary>
internal static class ShellWords
{
    private const string NeedsShell = "|&;<>()$`*?";

    private static readonly SearchValues<char> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-");

    /// <summary>Quotes a word if that is needed. Quotes are the only way that every shell reads alike; <c>\</c> is not.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(s_plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>A command line.</summary>
    internal static string Join(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>A path as an operand: one that begins with a dash is not taken for an option.</summary>
    internal static string Path(string path) => Quote(path.StartsWith('-') ? $"./{path}" : path);

    /// <summary>Takes a command apart that is written on one line: words, quotes, backslashes, and nothing else that a shell knows. inetd starts programs without a shell too.</summary>
    /// <param name="fault">What is wrong with it and how to write it; null if nothing is.</param>
    internal static List<string>? Split(string command, out string? fault)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        fault = null;
        for (int i = 0; i < command.Length; i++)
        {
            char next = command[i];
            if (quote != '\0')
            {
                if (next == quote)
                    quote = '\0';
                else
                    word!.Append(next == '\\' && quote == '"' && i + 1 < command.Length && command[i + 1] is '"' or '\\' ? command[++i] : next);
            }
            else if (char.IsWhiteSpace(next))
            {
                Finish(words, ref word);
            }
            else if (NeedsShell.Contains(next, StringComparison.Ordinal) || (next == '~' && word is null))
            {
                fault = $"the command has {next}, which only a shell understands, and none is used: quote it, or write sh -c '...'";
                return null;
            }
            else
            {
                word ??= new StringBuilder();
                if (next is '\'' or '"')
                    quote = next;
                else
                    word.Append(next == '\\' && i + 1 < command.Length ? command[++i] : next);
            }
        }
        Finish(words, ref word);
        fault = quote != '\0' ? $"the command has a {quote} that is not closed: close it"
            : words.Count == 0 ? "the command is missing: write for example scgi-run hello.cgi"
            : words[0].Split('=') is [{ Length: > 0 } name, _, ..] && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_') ? $"the command begins with a variable, which only a shell understands, and none is used: write env {name}=VALUE COMMAND"
            : null;
        return fault is null ? words : null;
    }

    private static void Finish(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
            words.Add(word.ToString());
        word = null;
    }
}
