using Shims.Cgi;
using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

public sealed class GatewayOptionsTests
{
    [Fact]
    public void A_small_body_is_left_to_the_script_and_a_larger_one_is_relayed()
    {
        GatewayOptions options = With(RunMode.Auto);
        Assert.Equal(RunMode.Exec, options.ModeFor(0, mayExec: true));
        Assert.Equal(RunMode.Exec, options.ModeFor(65536, mayExec: true));
        Assert.Equal(RunMode.Relay, options.ModeFor(65537, mayExec: true));
        Assert.Equal(RunMode.Supervise, options.ModeFor(0, mayExec: false));
        Assert.Equal(RunMode.Supervise, options.ModeFor(65536, mayExec: false));
        Assert.Equal(RunMode.Relay, options.ModeFor(65537, mayExec: false));
    }

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void An_option_that_needs_the_shim_afterwards_makes_it_stay(bool isTruthful, bool hasTimeout, bool hasMaximum)
    {
        GatewayOptions options = With(RunMode.Auto, new Limits { ScriptSeconds = hasTimeout ? 5 : null, Concurrency = hasMaximum ? 1 : 0 }, isTruthful);
        Assert.Equal(RunMode.Supervise, options.ModeFor(0, mayExec: true));
        Assert.Equal(RunMode.Relay, options.ModeFor(65537, mayExec: true));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void An_option_that_looks_at_the_response_makes_it_relay(bool sendsStatus, bool explains)
    {
        foreach (RunMode mode in new[] { RunMode.Auto, RunMode.Exec, RunMode.Supervise, RunMode.Relay })
        {
            var options = new GatewayOptions { Program = "scgi-run", Target = default(ScriptTarget), Mode = mode, SendsStatus = sendsStatus, ErrorsInBrowser = explains };
            Assert.Equal(RunMode.Relay, options.ModeFor(0, mayExec: true));
        }
    }

    [Fact]
    public void Relay_is_relay_and_exec_is_exec_where_that_can_be()
    {
        Assert.Equal(RunMode.Relay, With(RunMode.Relay).ModeFor(0, mayExec: true));
        Assert.Equal(RunMode.Exec, With(RunMode.Exec).ModeFor(65536, mayExec: true));
        Assert.Equal(RunMode.Relay, With(RunMode.Exec).ModeFor(65537, mayExec: true));
        Assert.Equal(RunMode.Supervise, With(RunMode.Exec).ModeFor(0, mayExec: false));
        Assert.Equal(RunMode.Supervise, With(RunMode.Supervise).ModeFor(0, mayExec: true));
    }

    [Fact, Trait("fault", "F18"), Trait("fault", "F16")]
    public void A_web_server_that_does_not_understand_each_header_gets_a_relayed_response_unless_told_otherwise()
    {
        Assert.Equal(RunMode.Relay, With(RunMode.Auto).ModeFor(0, mayExec: true, needsHeader: true));
        Assert.Equal(RunMode.Relay, With(RunMode.Auto).ModeFor(0, mayExec: false, needsHeader: true));
        Assert.Equal(RunMode.Exec, With(RunMode.Exec).ModeFor(0, mayExec: true, needsHeader: true));
        Assert.Equal(RunMode.Supervise, With(RunMode.Supervise).ModeFor(0, mayExec: true, needsHeader: true));
    }

    private static GatewayOptions With(RunMode mode, Limits? limits = null, bool isTruthful = false) =>
        new() { Program = "scgi-run", Target = default(ScriptTarget), Mode = mode, Limits = limits ?? new Limits(), IsTruthful = isTruthful };
}
