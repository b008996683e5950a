using System.Text;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>Takes lighttpd's configuration apart. There is always a next token until the file ends, whatever it holds.</summary>
internal sealed class LighttpdTokens(string text, string path)
{
    private static readonly string[] s_operators = ["=>", "+=", ":=", "==", "!=", "=~", "!~", "=^", "=$"];

    private int _position;
    private int _line = 1;
    private LighttpdToken? _next;

    /// <summary>The line that is being read.</summary>
    internal SourceLocation Here => _next?.Place ?? new SourceLocation(path, _line);

    /// <summary>Looks at the next token; null at the end.</summary>
    internal LighttpdToken? Peek() => _next ??= Read();

    /// <summary>Takes the next token; null at the end.</summary>
    internal LighttpdToken? Take()
    {
        LighttpdToken? taken = Peek();
        _next = null;
        return taken;
    }

    private LighttpdToken? Read()
    {
        SkipBlank();
        if (_position >= text.Length)
            return null;
        var place = new SourceLocation(path, _line);
        if (text[_position] == '"')
            return new LighttpdToken(ReadQuoted(), place, IsText: true);
        int start = _position;
        while (_position < text.Length && (char.IsLetterOrDigit(text[_position]) || text[_position] is '.' or '_' or '-' or '$'))
            _position++;
        if (_position == start)
            _position += Array.Exists(s_operators, candidate => string.CompareOrdinal(text, start, candidate, 0, 2) == 0) ? 2 : 1;
        return new LighttpdToken(text[start.._position], place, IsText: false);
    }

    private void SkipBlank()
    {
        while (_position < text.Length)
        {
            if (text[_position] == '#')
            {
                while (_position < text.Length && text[_position] != '\n')
                    _position++;
                continue;
            }
            if (!char.IsWhiteSpace(text[_position]))
                return;
            if (text[_position++] == '\n')
                _line++;
        }
    }

    private string ReadQuoted()
    {
        var quoted = new StringBuilder();
        for (_position++; _position < text.Length && text[_position] != '"'; _position++)
        {
            if (text[_position] == '\\' && _position + 1 < text.Length && text[_position + 1] is '"' or '\\')
                _position++;
            if (text[_position] == '\n')
                _line++;
            quoted.Append(text[_position]);
        }
        _position = Math.Min(_position + 1, text.Length);
        return quoted.ToString();
    }
}

/// <summary>The smallest part of lighttpd's configuration.</summary>
/// <param name="Text">What it says, without quotes.</param>
/// <param name="Place">Where it begins.</param>
/// <param name="IsText">True if it stood in quotes.</param>
internal sealed record LighttpdToken(string Text, SourceLocation Place, bool IsText)
{
    /// <summary>True if it is a name, a field such as $HTTP, or a number.</summary>
    internal bool IsName => !IsText && (char.IsLetterOrDigit(Text[0]) || Text[0] is '$' or '_');
}
