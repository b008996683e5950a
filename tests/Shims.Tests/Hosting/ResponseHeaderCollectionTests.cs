namespace Shims.Tests.Hosting;

public sealed class ResponseHeaderCollectionTests
{
    private readonly ResponseHeaderCollection _headers = new();

    [Fact]
    public void A_header_is_replaced_by_setting_added_by_Add_and_removed_by_null()
    {
        _headers["X-A"] = "1";
        _headers["x-a"] = "2";
        _headers.Add("X-A", "3");
        Assert.Equal(["x-a=2", "X-A=3"], _headers.Select(header => $"{header.Key}={header.Value}"));
        Assert.Equal("2", _headers["X-a"]);
        _headers["X-A"] = null;
        Assert.Empty(_headers);
    }

    [Theory]
    [InlineData("X A", "1")]
    [InlineData("X:A", "1")]
    [InlineData("Status", "200")]
    [InlineData("X-A", "1\r\nX-B: 2")]
    [InlineData("X-A", "1\n2")]
    [InlineData("X-A", "\0")]
    [InlineData("Location", "/\t/evil.example")]
    [InlineData("Content-Location", "/\t/evil.example")]
    [InlineData("Location", "/\\evil.example")]
    [InlineData("location", "\\\\evil.example/?q")]
    public void A_value_that_could_be_read_as_another_header_is_refused(string name, string value) =>
        Assert.Throws<ArgumentException>(() => _headers[name] = value);

    [Fact]
    public void A_tab_and_a_backslash_stay_where_they_lead_nowhere()
    {
        _headers["X-A"] = "a\tb\\c";
        _headers["Location"] = "/find?text=a\\b";
        Assert.Equal(["a\tb\\c", "/find?text=a\\b"], _headers.Select(header => header.Value));
    }

    [Fact]
    public void After_the_response_has_begun_a_change_says_what_is_wrong()
    {
        _headers.IsReadOnly = true;
        InvalidOperationException late = Assert.Throws<InvalidOperationException>(() => _headers["X-A"] = "1");
        Assert.Contains("Set headers before the first Write or Flush", late.Message);
    }
}
