using System.Globalization;
using System.Text;

namespace Shims.Diagnostics;

/// <summary>A JSON object on one line, as <c>--log-format json</c> writes it. RFC 8259.</summary>
internal sealed class JsonLine
{
    private readonly StringBuilder _text = new("{");

    /// <summary>Adds a text; nothing if there is none.</summary>
    internal JsonLine Add(string name, string? value)
    {
        if (value is null)
            return this;
        Name(name);
        _text.Append('"');
        foreach (Rune next in value.EnumerateRunes())
            Append(next);
        _text.Append('"');
        return this;
    }

    /// <summary>Adds a number; nothing if there is none.</summary>
    internal JsonLine Add(string name, long? value)
    {
        if (value is { } number)
            Name(name).Append(number.ToString(CultureInfo.InvariantCulture));
        return this;
    }

    /// <summary>The whole line, without its end.</summary>
    public override string ToString() => _text + "}";

    private StringBuilder Name(string name) => _text.Append(_text.Length > 1 ? "," : "").Append('"').Append(name).Append("\":");

    /// <summary>What a terminal obeys, and what ends a line for some programs, is written as a number.</summary>
    private void Append(Rune next)
    {
        if (next.Value is '"' or '\\')
            _text.Append('\\').Append((char)next.Value);
        else if (PrintableText.IsPrintable(next))
            _text.Append(next.ToString());
        else
        {
            foreach (char part in next.ToString())
                _text.Append("\\u").Append(((int)part).ToString("x4", CultureInfo.InvariantCulture));
        }
    }
}
