using System.Net;
using System.Text;

namespace Shims.Control.Serve;

/// <summary>A page in the making. What is not written by hand here goes through <see cref="Text"/>, which leaves nothing in it that a browser could take for more than text.</summary>
internal sealed class Html
{
    private readonly StringBuilder _page = new();

    /// <param name="title">Of the page.</param>
    internal Html(string title)
    {
        Raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>").Text(title)
            .Raw("</title>\n<link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"/_shims/style.css\">\n</head>\n");
    }

    /// <summary>Markup that was written by hand.</summary>
    internal Html Raw(string markup)
    {
        _page.Append(markup);
        return this;
    }

    /// <summary>Text, or the value of an attribute in quotes.</summary>
    internal Html Text(string text)
    {
        _page.Append(WebUtility.HtmlEncode(text));
        return this;
    }

    /// <summary>An element with nothing but text in it.</summary>
    internal Html Element(string tag, string text) => Raw($"<{tag}>").Text(text).Raw($"</{tag.Split(' ')[0]}>\n");

    public override string ToString() => _page.ToString() + "</html>\n";
}
