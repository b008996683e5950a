using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class EnvironmentPolicyTests
{
    [Fact]
    public void Without_options_ordinary_names_are_admitted_and_denied_ones_are_not()
    {
        EnvironmentPolicy policy = default;
        Assert.True(policy.Admits("QUERY_STRING"u8));
        Assert.True(policy.Admits("HTTP_X_ANYTHING"u8));
        Assert.False(policy.Admits("LD_PRELOAD"u8));
        Assert.False(policy.Admits("HTTP_AUTHORIZATION"u8));
        Assert.False(policy.Admits("HTTP_TRANSFER_ENCODING"u8));
        Assert.False(policy.Admits("proxy-nokeepalive"u8));
        Assert.False(policy.Sets("A"u8));
    }

    [Fact]
    public void An_allowed_name_is_admitted_as_it_is_spelt_and_no_other()
    {
        var policy = new EnvironmentPolicy { Allow = [Latin1.Bytes("HTTP_AUTHORIZATION"), Latin1.Bytes("TZ")] };
        Assert.True(policy.Admits("HTTP_AUTHORIZATION"u8));
        Assert.True(policy.Admits("TZ"u8));
        Assert.False(policy.Admits("tz"u8));
        Assert.False(policy.Admits("TZDIR"u8));
        Assert.False(policy.Admits("LD_PRELOAD"u8));
    }

    [Theory]
    [InlineData("HTTP_PROXY")]
    [InlineData("http_proxy")]
    [InlineData("Http_Proxy")]
    [InlineData("A-B")]
    [InlineData("1A")]
    [InlineData("HTTP_TRANSFER_ENCODING")]
    public void No_option_lets_through_what_is_never_passed(string name) =>
        Assert.False(new EnvironmentPolicy { Allow = [Latin1.Bytes(name)] }.Admits(Latin1.Bytes(name)));

    [Fact]
    public void Settings_are_known_by_their_whole_name()
    {
        var policy = new EnvironmentPolicy { Set = [Latin1.Bytes("NAME=VALUE"), Latin1.Bytes("EMPTY="), Latin1.Bytes("A=B=C")] };
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
}
