using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class EnvironmentPolicyTests
{
    [Fact]
    public void Without_options_CGI_is_admitted_and_nothing_else()
    {
        EnvironmentPolicy policy = default;
        Assert.True(Admits(policy, "QUERY_STRING"));
        Assert.True(Admits(policy, "HTTP_X_ANYTHING"));
        Assert.False(Admits(policy, "LD_PRELOAD"));
        Assert.False(Admits(policy, "GIT_PROJECT_ROOT"));
        Assert.False(Admits(policy, "HTTP_AUTHORIZATION"));
        Assert.False(Admits(policy, "HTTP_TRANSFER_ENCODING"));
        Assert.False(Admits(policy, "proxy-nokeepalive"));
        Assert.False(policy.Sets("A"u8));
    }

    [Fact]
    public void An_allowed_name_is_admitted_as_it_is_spelt_and_no_other()
    {
        EnvironmentPolicy policy = Allowing("HTTP_AUTHORIZATION", "TZ");
        Assert.True(Admits(policy, "HTTP_AUTHORIZATION"));
        Assert.True(Admits(policy, "TZ"));
        Assert.False(Admits(policy, "tz"));
        Assert.False(Admits(policy, "TZDIR"));
        Assert.False(Admits(policy, "LD_PRELOAD"));
    }

    [Fact, Trait("fault", "H7")]
    public void A_pattern_lets_through_all_names_that_begin_so_but_those_that_load_code()
    {
        EnvironmentPolicy policy = Allowing("GIT_*", "APP*");
        foreach (string name in new[] { "GIT_PROJECT_ROOT", "GIT_", "APP", "APP_MODE" })
            Assert.True(Admits(policy, name), name);
        foreach (string name in new[] { "GIT", "GIT_CONFIG_COUNT", "GIT_SSH", "XGIT_A", "HTTP_AUTHORIZATION", "AP", "git_project_root" })
            Assert.False(Admits(policy, name), name);
    }

    [Fact, Trait("fault", "H7")]
    public void A_star_alone_is_everything_but_names_that_load_code()
    {
        EnvironmentPolicy policy = Allowing("*");
        foreach (string name in new[] { "GIT_PROJECT_ROOT", "HTTP_AUTHORIZATION", "A", "lower" })
            Assert.True(Admits(policy, name), name);
        foreach (string name in new[] { "LD_PRELOAD", "PATH", "HOME", "GIT_CONFIG_COUNT", "SHIMS_STDERR", "HTTP_PROXY", "http_proxy", "A-B", "HTTP_CONNECTION", "SCRIPT_NAME" })
            Assert.False(Admits(policy, name), name);
    }

    [Fact]
    public void A_name_that_loads_code_is_admitted_if_it_is_written_out() => Assert.True(Admits(Allowing("*", "GIT_CONFIG_COUNT"), "GIT_CONFIG_COUNT"));

    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    [InlineData("Http_Proxy")]
    [InlineData("SHIMS_STDERR")]
    [InlineData("A-B")]
    [InlineData("1A")]
    [InlineData("HTTP_TRANSFER_ENCODING")]
    public void No_option_lets_through_what_is_never_passed(string name) => Assert.False(Admits(Allowing(name, "*"), name));

    [Fact]
    public void A_dropped_name_is_never_admitted_and_never_logged()
    {
        var policy = new EnvironmentPolicy(allow: [Latin1.Bytes("A"), Latin1.Bytes("B_C")], drop: [Latin1.Bytes("A"), Latin1.Bytes("B_*"), Latin1.Bytes("HTTP_X")]);
        foreach (string name in new[] { "A", "B_C", "B_", "HTTP_X" })
        {
            Assert.False(Admits(policy, name), name);
            Assert.False(IsMissed(policy, name), name);
        }
        Assert.True(Admits(policy, "HTTP_X_Y"));
        Assert.True(IsMissed(policy, "B"));
    }

    [Fact]
    public void An_administrator_may_miss_only_variables_that_the_web_server_was_told_to_send()
    {
        var policy = new EnvironmentPolicy(set: [Latin1.Bytes("SET=1")]);
        foreach (string name in new[] { "GIT_PROJECT_ROOT", "LD_PRELOAD", "a" })
            Assert.True(IsMissed(policy, name), name);
        // What a browser sends, what Apache and cgi-fcgi have in their own environment, what is set, what no script could use.
        foreach (string name in new[] { "HTTP_AUTHORIZATION", "HTTP_PROXY", "HTTP_CONNECTION", "SCGI", "CONTENT_LENGTH", "PATH", "LD_LIBRARY_PATH", "PWD", "SET", "proxy-nokeepalive" })
            Assert.False(IsMissed(policy, name), name);
    }

    [Fact]
    public void Settings_are_known_by_their_whole_name()
    {
        var policy = new EnvironmentPolicy(set: [Latin1.Bytes("NAME=VALUE"), Latin1.Bytes("EMPTY="), Latin1.Bytes("A=B=C")]);
        Assert.True(policy.Sets("NAME"u8));
        Assert.True(policy.Sets("EMPTY"u8));
        Assert.True(policy.Sets("A"u8));
        Assert.False(policy.Sets("NAM"u8));
        Assert.False(policy.Sets("NAMES"u8));
        Assert.False(policy.Sets("name"u8));
        Assert.False(policy.Sets("VALUE"u8));
        Assert.False(policy.Sets("A=B"u8) && !policy.Sets("A"u8));
        Assert.False(policy.Sets("NAME=VALUE"u8));
    }

    private static EnvironmentPolicy Allowing(params string[] names) => new(allow: [.. names.Select(Latin1.Bytes)]);

    private static bool Admits(EnvironmentPolicy policy, string name) => policy.Admits(CgiNames.Of(Latin1.Bytes(name)), Latin1.Bytes(name));

    private static bool IsMissed(EnvironmentPolicy policy, string name) => !Admits(policy, name) && policy.IsMissed(CgiNames.Of(Latin1.Bytes(name)), Latin1.Bytes(name));
}
