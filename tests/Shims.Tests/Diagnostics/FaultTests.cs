using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

public sealed class FaultTests
{
    [Fact]
    public void Says_the_cause_and_then_the_cure() =>
        Assert.Equal("cannot run /srv/a.cgi: it is not executable: chmod +x /srv/a.cgi", new Fault(403, "cannot run /srv/a.cgi: it is not executable", "chmod +x /srv/a.cgi").ToString());

    [Fact]
    public void Says_what_the_script_said_last() =>
        Assert.Equal("it died: run it by hand; stderr: oh no", new Fault(502, "it died", "run it by hand") { Said = "oh no" }.ToString());

    [Fact]
    public void Is_nobodys_to_act_on_unless_it_says_whose() => Assert.Equal(ExitCode.Served, new Fault(404, "", "").ExitCode);

    [Fact]
    public void Exit_codes_are_those_of_sysexits() => Assert.Equal([0, 64, 71, 76], new[] { ExitCode.Served, ExitCode.Usage, ExitCode.SystemError, ExitCode.PeerError }.Select(code => (int)code));
}
