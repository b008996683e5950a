using System.Buffers;
using System.Text;

namespace Shims.Control.Processes;

/// <summary>Quotes and splits the words of a command line, as a shell does.</summary>
internal static class ShellWords
{
    private const string NeedsShell = "|&;<>()$`*?";

    private static readonly SearchValues<char> s_plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-");

    /// <summary>Quotes a word if it needs quotes. Every shell reads quotes alike, unlike <c>\</c>.</summary>
    internal static string Quote(string word) =>
        word.Length > 0 && !word.AsSpan().ContainsAnyExcept(s_plain) ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>Quotes the words of a command line, and joins them.</summary>
    internal static string Join(params IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    /// <summary>Quotes a path. One that begins with a dash gets <c>./</c>, so that it is not an option.</summary>
    internal static string Path(string path) => Quote(path.StartsWith('-') ? $"./{path}" : path);

    /// <summary>Splits a command line into words, with quotes and backslashes. Anything else that needs a shell is an error, as inetd uses
    /// none.</summary>
    /// <param name="fault">The error and its fix; null if there is none.</param>
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
                {
                    word!.Append(next == '\\' && quote == '"' && i + 1 < command.Length && command[i + 1] is '"' or '\\'
                        ? command[++i]
                        : next);
                }
            }
            else if (char.IsWhiteSpace(next))
            {
                Finish(words, ref word);
            }
            else if (NeedsShell.Contains(next, StringComparison.Ordinal) || (next == '~' && word is null))
            {
                fault = $"the command contains {next}, but is run without a shell: quote it, or write sh -c '...'";
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
        fault = quote != '\0' ? $"unterminated {quote} in the command: close the quote"
            : words.Count == 0 ? "the command is empty: write for example scgi-run hello.cgi"
            : words[0].Split('=') is [{ Length: > 0 } name, _, ..]
                && name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_')
                ? $"the command begins with {name}=, but is run without a shell: write env {name}=VALUE COMMAND"
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
