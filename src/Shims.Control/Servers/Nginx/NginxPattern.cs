using System.Text;
using System.Text.RegularExpressions;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Nginx;

/// <summary>The paths that a location of nginx takes.</summary>
internal sealed class NginxPattern
{
    private readonly Regex? _expression;

    private NginxPattern(string modifier, string path, Regex? expression) => (Modifier, Path, _expression) = (modifier, path, expression);

    /// <summary>=, ~, ~*, ^~ or nothing.</summary>
    internal string Modifier { get; }

    /// <summary>The path or the expression.</summary>
    internal string Path { get; }

    /// <summary>True if all paths that begin with <see cref="Path"/> are meant.</summary>
    internal bool IsPrefix => Modifier is "" or "^~";

    /// <summary>Reads the arguments of a location. An argument that is not a path, such as a name with @, takes nothing.</summary>
    internal static NginxPattern Read(Directive location)
    {
        (string modifier, string path) = location.Arguments switch
        {
            [var only] when only.Text.StartsWith("~*", StringComparison.Ordinal) => ("~*", only.Text[2..]),
            [var only] when only.Text.StartsWith('~') => ("~", only.Text[1..]),
            [var only] when only.Text.StartsWith('=') => ("=", only.Text[1..]),
            [var only] => ("", only.Text),
            [var first, var second, ..] => (first.Text, second.Text),
            _ => ("", "/"),
        };
        return new NginxPattern(modifier, path, modifier.StartsWith('~') ? PerlExpression.TryCompile(path, modifier == "~*") : null);
    }

    internal bool Takes(string path) => Modifier switch
    {
        "=" => path == Path,
        "" or "^~" => path.StartsWith(Path, StringComparison.Ordinal),
        _ => Match(path) is not null,
    };

    /// <summary>The groups of the expression for a path, by number and by name; null if it does not match.</summary>
    internal IReadOnlyDictionary<string, string>? Match(string path)
    {
        try
        {
            return _expression?.Match(path) is { Success: true } match
                ? match.Groups.Cast<Group>().ToDictionary(group => group.Name, group => group.Value)
                : null;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    /// <summary>The text that all its paths begin with.</summary>
    internal string LiteralPrefix => _expression is null && IsPrefix || Modifier == "=" ? Path : ReadLiteral(Path.TrimStart('^'));

    private static string ReadLiteral(string expression)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < expression.Length; i++)
        {
            char character = expression[i];
            if (character == '(')
            {
                int end = EndOfGroup(expression, i);
                bool isFixed = end < expression.Length && expression[i..end].IndexOf('|') < 0
                    && (end + 1 == expression.Length || expression[end + 1] is not ('?' or '*' or '{'));
                if (!isFixed)
                    break;
                int name = expression.IndexOf('>', i);
                i = expression.AsSpan(i).StartsWith("(?<") && name > 0 ? name : expression.AsSpan(i).StartsWith("(?:") ? i + 2 : i;
            }
            else if (character is '?' or '*' or '{')
            {
                if (literal.Length > 0)
                    literal.Length--;
                break;
            }
            else if (character == '\\' && i + 1 < expression.Length && !char.IsLetterOrDigit(expression[i + 1]))
                literal.Append(expression[++i]);
            else if (character is '[' or '.' or '+' or '|' or '$' or '\\')
                break;
            else if (character != ')')
                literal.Append(character);
        }
        return literal.ToString();
    }

    private static int EndOfGroup(string expression, int start)
    {
        int depth = 0;
        for (int i = start; i < expression.Length; i++)
        {
            if (expression[i] == '\\')
                i++;
            else if (expression[i] == '[' && expression.IndexOf(']', i + 2 <= expression.Length ? i + 2 : i) is > 0 and var close)
                i = close;
            else if (expression[i] == '(')
                depth++;
            else if (expression[i] == ')' && --depth == 0)
                return i;
        }
        return expression.Length;
    }
}
