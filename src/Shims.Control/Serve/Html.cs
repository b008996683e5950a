using System.Net;
using System.Text;

namespace Shims.Control.Serve;

/// <summary>A builder for HTML pages. Every text that is not part of this program goes through <see cref="Text"/>, which escapes
/// it.</summary>
internal sealed class Html
{
    private readonly StringBuilder _page = new();

    /// <param name="title">The title of the page.</param>
    internal Html(string title)
    {
        Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" " +
            "content=\"width=device-width\">\n<title>").Text(title)
            .Raw("</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/_shims/style.css\">\n</head>\n");
    }

    /// <summary>Appends markup, which must be a constant of this program.</summary>
    internal Html Raw(string markup)
    {
        _page.Append(markup);
        return this;
    }

    /// <summary>Appends text, or the value of an attribute in quotes.</summary>
    internal Html Text(string text)
    {
        _page.Append(WebUtility.HtmlEncode(text));
        return this;
    }

    /// <summary>Appends an element that contains only text.</summary>
    internal Html Element(string tag, string text) => Raw($"<{tag}>").Text(text).Raw($"</{tag.Split(' ')[0]}>\n");

    public override string ToString() => _page.ToString() + "</html>\n";
}
