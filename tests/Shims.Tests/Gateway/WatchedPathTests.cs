using Shims.Cgi;
using Shims.Gateway.Requests;
using Shims.Gateway.Watching;

namespace Shims.Tests.Gateway;

public sealed class WatchedPathTests
{
    private static readonly GatewayOptions s_options = new() { Program = "test", Target = default, StatusPath = "/shims-status"u8.ToArray(), PingPath = "/ping"u8.ToArray() };

    private static readonly GatewayOptions s_without = new() { Program = "test", Target = default };

    [Theory]
    [InlineData("/shims-status", 1), InlineData("/ping", 2)]
    [InlineData("", 0), InlineData("/", 0), InlineData("/shims-statu", 0), InlineData("/shims-status/", 0), InlineData("/shims-status2", 0), InlineData("//shims-status", 0), InlineData("/Shims-Status", 0)]
    [InlineData("/%73hims-status", 0), InlineData("/shims-status?json", 0), InlineData("/cgi-bin/shims-status", 0), InlineData("/pingg", 0)]
    public void Only_the_whole_SCRIPT_NAME_byte_by_byte_is_a_path_of_the_gateway(string name, int expected) =>
        Assert.Equal((WatchedPath)expected, Of(s_options, $"REQUEST_METHOD\0GET\0SCRIPT_NAME\0{name}\0"));

    [Theory]
    [InlineData("REQUEST_URI"), InlineData("PATH_INFO"), InlineData("DOCUMENT_URI"), InlineData("SCRIPT_FILENAME"), InlineData("HTTP_SCRIPT_NAME"), InlineData("REDIRECT_URL"), InlineData("PATH_TRANSLATED")]
    public void No_other_variable_leads_to_a_path_of_the_gateway(string variable)
    {
        Assert.Equal(WatchedPath.None, Of(s_options, $"{variable}\0/shims-status\0SCRIPT_NAME\0/cgi-bin/a.cgi\0"));
        Assert.Equal(WatchedPath.None, Of(s_options, $"{variable}\0/shims-status\0"));
    }

    [Fact]
    public void Of_two_SCRIPT_NAMEs_the_last_counts_as_for_scripts()
    {
        Assert.Equal(WatchedPath.Status, Of(s_options, "SCRIPT_NAME\0/a.cgi\0SCRIPT_NAME\0/shims-status\0"));
        Assert.Equal(WatchedPath.None, Of(s_options, "SCRIPT_NAME\0/shims-status\0SCRIPT_NAME\0/a.cgi\0"));
    }

    [Fact]
    public void Without_the_options_no_path_is_the_gateways()
    {
        Assert.False(WatchedPaths.Has(s_without));
        Assert.Equal(WatchedPath.None, Of(s_without, "SCRIPT_NAME\0/shims-status\0"));
        Assert.Equal(WatchedPath.None, Of(s_without, "SCRIPT_NAME\0\0"));
    }

    [Theory, InlineData("AUTHORIZER"), InlineData("FILTER")]
    public void An_authorizer_that_is_asked_about_the_path_is_not_answered_by_the_gateway(string role) =>
        Assert.Equal(WatchedPath.None, Of(s_options, $"SCRIPT_NAME\0/shims-status\0FCGI_ROLE\0{role}\0"));

    [Theory]
    [InlineData("/shims-status", 1), InlineData("/shims-status?json", 1), InlineData("/ping?", 2)]
    [InlineData("/%73hims-status", 0), InlineData("/shims-status/a", 0), InlineData("/a?/shims-status", 0), InlineData("http://a/shims-status", 0)]
    public void Over_AJP13_the_path_of_the_URL_counts_as_it_is_in_the_packet(string uri, int expected)
    {
        byte[] variables = Latin1.Bytes($"REQUEST_URI\0{uri}\0SCRIPT_NAME\0/x\0");
        Assert.Equal((WatchedPath)expected, WatchedPaths.Of(s_options, new CgiVariables(variables), namesScript: false));
    }

    private static WatchedPath Of(GatewayOptions options, string variables) => WatchedPaths.Of(options, new CgiVariables(Latin1.Bytes(variables)), namesScript: true);
}
