namespace Shims;

/// <summary>A piece of HTML: text in which everything that came from outside is escaped already.</summary>
/// <remarks>
/// Values are escaped for text and for attributes in quotes. Write quotes around each attribute, and put no values into scripts or style
/// sheets. An attribute with a URL that
/// a user has entered needs a look at its scheme: <c>javascript:</c> is a URL too.
/// </remarks>
/// <example><code>
/// Html Item(string title) => Html.Format($"&lt;li&gt;{title}&lt;/li&gt;");
/// string[] titles = ["milk", "&lt;b&gt;bread&lt;/b&gt;"];
/// response.WriteHtml($"&lt;ul&gt;{titles.Select(Item)}&lt;/ul&gt;");
/// </code></example>
public readonly struct Html : IEquatable<Html>
{
    private readonly string? _text;

    private Html(string? text) => _text = text;

    /// <summary>Takes text for HTML as it is: nothing in it is escaped. Never for what came with a request.</summary>
    /// <example><code>
    /// Html rule = Html.Raw("&lt;hr&gt;");
    /// </code></example>
    public static Html Raw(string? html) => new(html);

    /// <summary>Makes HTML of an interpolated string: its text as it is, its values escaped, except those that are HTML already.</summary>
    /// <param name="html">The string, written in place.</param>
    /// <example><code>
    /// Html link = Html.Format($"&lt;a href=\"{request.AppUrl("/notes")}\"&gt;{request.Query["title"]}&lt;/a&gt;");
    /// </code></example>
    public static Html Format(HtmlInterpolatedStringHandler html) => new(html.ToString());

    /// <summary>The HTML as text.</summary>
    public override string ToString() => _text ?? "";

    /// <inheritdoc/>
    public bool Equals(Html other) => ToString() == other.ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Html other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>True if both are the same text.</summary>
    public static bool operator ==(Html left, Html right) => left.Equals(right);

    /// <summary>True if they are different texts.</summary>
    public static bool operator !=(Html left, Html right) => !left.Equals(right);
}
