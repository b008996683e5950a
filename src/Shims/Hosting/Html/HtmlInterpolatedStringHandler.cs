using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Shims;

/// <summary>
/// Made by the compiler for <c>response.WriteHtml($"...")</c> and <c>Html.Format($"...")</c>: escapes the values of an interpolated string.
/// </summary>
/// <remarks>
/// Text, numbers and dates are escaped; <see cref="Html"/>, alone or several in a row, is not; null is nothing. Numbers and dates are in
/// the invariant culture.
/// </remarks>
/// <example><code>
/// // &lt;p&gt;&amp;lt;b&amp;gt; &lt;hr&gt; 1.50&lt;/p&gt;
/// response.WriteHtml($"&lt;p&gt;{"&lt;b&gt;"} {Html.Raw("&lt;hr&gt;")} {1.5:F2}&lt;/p&gt;");
/// </code></example>
[InterpolatedStringHandler]
public readonly ref struct HtmlInterpolatedStringHandler
{
    private readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    /// <param name="literalLength">Characters of the text between the values.</param>
    /// <param name="formattedCount">The number of values.</param>
    public HtmlInterpolatedStringHandler(int literalLength, int formattedCount) =>
        _text = new StringBuilder(literalLength + formattedCount * 16);

    /// <summary>Adds the text between two values, as it is.</summary>
    public void AppendLiteral(string value) => _text.Append(value);

    /// <summary>Adds HTML, as it is.</summary>
    public void AppendFormatted(Html value) => _text.Append(value.ToString());

    /// <summary>Adds text, escaped.</summary>
    public void AppendFormatted(string? value) => Escape(value);

    /// <summary>Adds text, escaped.</summary>
    public void AppendFormatted(scoped ReadOnlySpan<char> value) => Escape(value);

    /// <summary>Adds a value: HTML as it is, anything else as text, escaped.</summary>
    /// <param name="value">The value.</param>
    /// <param name="format">The format of a number or date.</param>
    public void AppendFormatted<T>(T value, string? format = null)
    {
        switch (value)
        {
            case Html html:
                _text.Append(html.ToString());
                break;
            case IEnumerable<Html> several:
                foreach (Html each in several)
                    _text.Append(each.ToString());
                break;
            case IFormattable formattable:
                Escape(formattable.ToString(format, CultureInfo.InvariantCulture));
                break;
            default:
                Escape(value?.ToString());
                break;
        }
    }

    /// <summary>The HTML.</summary>
    public override string ToString() => _text.ToString();

    private void Escape(scoped ReadOnlySpan<char> text)
    {
        int special;
        while ((special = text.IndexOfAny("&<>\"'")) >= 0)
        {
            _text.Append(text[..special]);
            _text.Append(text[special] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", '"' => "&quot;", _ => "&#39;" });
            text = text[(special + 1)..];
        }
        _text.Append(text);
    }
}
