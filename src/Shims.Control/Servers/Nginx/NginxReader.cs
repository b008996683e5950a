using System.Text;
using Shims.Control.Doctor;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Nginx;

/// <summary>Reads nginx's configuration, with everything that it includes.</summary>
/// <remarks>
/// <code>
///   name argument "argument" 'argument';        # comment
///   name argument { ... }
/// </code>
/// Tolerant: what is not finished ends with the file, and what is unknown is kept as it stands.
/// </remarks>
internal sealed class NginxReader
{
    /// <summary>nginx itself ends at a loop only when it runs out of descriptors.</summary>
    private const int MaxDepth = 16;

    private readonly string _prefix;
    private readonly List<Finding> _faults;

    private NginxReader(string prefix, List<Finding> faults) => (_prefix, _faults) = (prefix, faults);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prefix">Where a relative include begins: the folder of the main file.</param>
    /// <param name="faults">What is wrong with the files as such.</param>
    internal static IReadOnlyList<Directive> Read(string path, string prefix, List<Finding> faults) =>
        new NginxReader(prefix, faults).ReadFile(path, 0);

    /// <summary>Reads what stands in a file, and no others.</summary>
    internal static IReadOnlyList<Directive> Parse(string text, string path, List<Finding> faults)
    {
        var reader = new NginxReader(Path.GetDirectoryName(path) ?? "/", faults);
        return reader.ParseText(text, path, MaxDepth);
    }

    private IReadOnlyList<Directive> ReadFile(string path, int depth) =>
        ConfigurationFile.TryRead(path) is { } text ? ParseText(text, path, depth) : [];

    private List<Directive> ParseText(string text, string path, int depth)
    {
        var lexer = new Lexer(text, path);
        return ReadBlock(lexer, depth, opened: null);
    }

    private List<Directive> ReadBlock(Lexer lexer, int depth, Directive? opened)
    {
        var block = new List<Directive>();
        var words = new List<Token>();
        while (lexer.TryTake(out Token? word, out char end))
        {
            if (word is not null)
            {
                words.Add(word);
                continue;
            }
            if (end == '}')
            {
                if (opened is not null)
                    return block;
                _faults.Add(new Finding(Severity.Error, lexer.Here.ToString(), "this } closes nothing")
                { Advice = "take it out, or write the { that it belongs to" });
            }
            else if (words.Count > 0)
            {
                var directive = new Directive(words[0].Text, [.. words.Skip(1)], words[0].Place);
                block.Add(end == '{' ? Open(lexer, directive, depth) : directive.Is("include") ? Include(directive, depth) : directive);
            }
            words.Clear();
        }
        if (words.Count > 0)
        {
            block.Add(new Directive(words[0].Text, [.. words.Skip(1)], words[0].Place));
            _faults.Add(new Finding(Severity.Error, words[^1].Place.ToString(), $"the ; behind \"{words[^1]}\" is missing")
            { Advice = "write it" });
        }
        else if (opened is not null)
        {
            _faults.Add(new Finding(Severity.Error, opened.Place.ToString(), $"the {{ of {opened.Name} is never closed")
            { Advice = "write the } at its end" });
        }
        return block;
    }

    private Directive Open(Lexer lexer, Directive directive, int depth)
    {
        if (!directive.Name.EndsWith("_by_lua_block", StringComparison.Ordinal))
            return directive with { Block = ReadBlock(lexer, depth, directive) };
        lexer.SkipCode();
        return directive;
    }

    private Directive Include(Directive directive, int depth)
    {
        if (depth >= MaxDepth)
            return directive with { IsInclude = true };
        string pattern = Path.Combine(_prefix, directive.Argument);
        IReadOnlyList<string> files = IncludePattern.Find(pattern);
        if (files.Count == 0 && !IncludePattern.HasWildcard(pattern))
            _faults.Add(new Finding(Severity.Error, directive.Place.ToString(), $"it includes {pattern}, which does not exist")
            { Advice = "correct the path, or take the line out" });
        return directive with { IsInclude = true, Block = [.. files.SelectMany(file => ReadFile(file, depth + 1))] };
    }

    /// <summary>Words, and the three characters that end them.</summary>
    private sealed class Lexer(string text, string path)
    {
        private int _position;
        private int _line = 1;

        internal SourceLocation Here => new(path, _line);

        /// <summary>Takes the next word, or the next of <c>; { }</c>.</summary>
        /// <returns>False at the end of the file.</returns>
        internal bool TryTake(out Token? word, out char end)
        {
            (word, end) = (null, '\0');
            SkipBlank();
            if (_position >= text.Length)
                return false;
            SourceLocation place = Here;
            char first = text[_position];
            if (first is ';' or '{' or '}')
            {
                end = first;
                _position++;
                return true;
            }
            word = new Token(first is '"' or '\'' ? TakeQuoted(first) : TakePlain(), place);
            return true;
        }

        /// <summary>Goes past code in another language, to the brace that closes it.</summary>
        internal void SkipCode()
        {
            for (int depth = 1; depth > 0 && _position < text.Length;)
                depth += Take() switch { '{' => 1, '}' => -1, _ => 0 };
        }

        private void SkipBlank()
        {
            while (_position < text.Length)
            {
                if (text[_position] == '#')
                    while (_position < text.Length && text[_position] != '\n')
                        _position++;
                else if (char.IsWhiteSpace(text[_position]))
                    Take();
                else
                    return;
            }
        }

        private string TakeQuoted(char quote)
        {
            var word = new StringBuilder();
            Take();
            while (_position < text.Length && text[_position] != quote)
                word.Append(text[_position] == '\\' ? TakeEscaped() : Take());
            if (_position < text.Length)
                Take();
            return word.ToString();
        }

        private string TakePlain()
        {
            var word = new StringBuilder();
            while (_position < text.Length && text[_position] is var next && !char.IsWhiteSpace(next) && next is not (';' or '{'))
            {
                word.Append(next == '\\' ? TakeEscaped() : Take());
                // ${name} is not a block.
                if (next == '$' && _position < text.Length && text[_position] == '{')
                    word.Append(Take());
            }
            return word.ToString();
        }

        /// <summary>Of the escapes only those of quotes and of a backslash are undone; the others are for regular expressions.</summary>
        private string TakeEscaped()
        {
            Take();
            if (_position >= text.Length)
                return "\\";
            char escaped = Take();
            return escaped is '"' or '\'' ? $"{escaped}" : $"\\{escaped}";
        }

        private char Take()
        {
            char taken = text[_position++];
            if (taken == '\n')
                _line++;
            return taken;
        }
    }
}
