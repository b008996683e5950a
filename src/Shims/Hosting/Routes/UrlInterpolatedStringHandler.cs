using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Shims;

/// <summary>
/// Made by the compiler for <c>request.AppUrl($"...")</c>: percent-encodes the values of an interpolated string. RFC 3986 section 2.1.
/// </summary>
/// <example><code>
/// string url = request.AppUrl($"/notes/{"a b&amp;c"}?page={2}");   // /app/notes/a%20b%26c?page=2
/// </code></example>
[InterpolatedStringHandler]
public readonly ref struct UrlInterpolatedStringHandler
{
    private readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">Characters of the text between the values.</param>
    /// <param name="formattedCount">The number of values.</param>
    public UrlInterpolatedStringHandler(int literalLength, int formattedCount) =>
        _text = new StringBuilder(literalLength + formattedCount * 16);

    /// <summary>Adds the text between two values, as it is.</summary>
    public void AppendLiteral(string value) => _text.Append(value);

    /// <summary>Adds a value, percent-encoded.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">The format of a number or date.</param>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        string? text = value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString();
        _text.Append(Uri.EscapeDataString(text ?? ""));
    }

    /// <summary>The URL.</summary>
    public override string ToString() => _text.ToString();
}
