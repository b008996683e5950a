namespace Shims.Tests.Hosting;

public sealed class HtmlTests
{
    [Fact]
    public void Values_are_escaped_and_text_is_not()
    {
        const string value = "<b title=\"x\" class='y'>&";
        Assert.Equal("<p title=\"&lt;b title=&quot;x&quot; class=&#39;y&#39;&gt;&amp;\">ü 1.50 7</p>",
            Html.Format($"<p title=\"{value}\">{"ü"} {1.5:F2} {7}</p>").ToString());
    }

    [Fact]
    public void HTML_among_the_values_is_not_escaped_again()
    {
        Html Item(string title) => Html.Format($"<li>{title}</li>");
        string[] titles = ["<a>", "b"];
        const string expected = "<ul><li>&lt;a&gt;</li><li>b</li></ul>";
        Assert.Equal(expected, Html.Format($"<ul>{titles.Select(Item)}</ul>").ToString());
        Assert.Equal(expected, Html.Format($"<ul>{titles.Select(Item).ToArray()}</ul>").ToString());
        Assert.Equal(expected, Html.Format($"<ul>{titles.Select(Item).ToList()}</ul>").ToString());
        Html? none = null;
        Html? some = Html.Raw("<hr>");
        Assert.Equal("<hr><hr>", Html.Format($"{some}{none}{Html.Raw("<hr>")}").ToString());
    }

    [Fact]
    public void Nothing_is_written_for_null_and_a_character_is_escaped()
    {
        string? nothing = null;
        object? none = null;
        Assert.Equal("[][]&lt;|&amp;&amp;", Html.Format($"[{nothing}][{none}]{'<'}|{"&&".AsSpan()}").ToString());
        Assert.Equal("", default(Html).ToString());
        Assert.Equal(default, Html.Raw(""));
    }

    [Fact]
    public void A_response_of_HTML_has_its_media_type_unless_another_one_was_set()
    {
        ShimTestResponse page = ShimTest.Send((request, response) => response.WriteHtml($"<p>{request.Query["q"]}</p>"),
            ShimTestRequest.Get("/?q=<i>"));
        Assert.Equal(("text/html; charset=utf-8", "<p>&lt;i&gt;</p>"), (page["Content-Type"], page.Text));
        ShimTestResponse other = ShimTest.Send((_, response) =>
        {
            response.ContentType = "application/xhtml+xml";
            response.WriteHtml(Html.Raw("<hr/>"));
            response.Flush();
            response.WriteHtml($"<hr/>");
        }, ShimTestRequest.Get("/"));
        Assert.Equal(("application/xhtml+xml", "<hr/><hr/>"), (other["Content-Type"], other.Text));
    }

    [Fact]
    public void Nothing_is_written_of_HTML_whose_values_throw()
    {
        ShimTestResponse page = ShimTest.Send((_, response) => response.WriteHtml($"<p>{int.Parse("x")}"), ShimTestRequest.Get("/"));
        Assert.Equal(500, page.StatusCode);
    }
}
