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

    /// <summary>Adds true or false.</summary>
    internal JsonLine Add(string name, bool value)
    {
        Name(name).Append(value ? "true" : "false");
        return this;
    }

    /// <summary>Adds a time in seconds, to the millisecond.</summary>
    internal JsonLine AddSeconds(string name, long milliseconds)
    {
        Name(name).Append(Seconds(milliseconds));
        return this;
    }

    /// <summary>Adds a list of objects.</summary>
    internal JsonLine Add(string name, IEnumerable<JsonLine> objects)
    {
        Name(name).Append('[').AppendJoin(',', objects).Append(']');
        return this;
    }

    /// <summary>A time in seconds as programs read it: 12.345.</summary>
    internal static string Seconds(long milliseconds) => (milliseconds / 1000).ToString(CultureInfo.InvariantCulture) + (milliseconds % 1000).ToString("'.'000", CultureInfo.InvariantCulture);

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
