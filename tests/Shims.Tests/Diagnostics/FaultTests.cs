using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

public sealed class FaultTests
{
    [Fact]
    public void A_fault_is_written_as_its_cause_and_its_fix() =>
        Assert.Equal("cannot run /srv/a.cgi: it is not executable: chmod +x /srv/a.cgi", new Fault(403, "cannot run /srv/a.cgi: it is not executable", "chmod +x /srv/a.cgi").ToString());

    [Fact]
    public void A_fault_quotes_the_last_lines_of_standard_error() =>
        Assert.Equal("it died: run it by hand; stderr: oh no", new Fault(502, "it died", "run it by hand") { Said = "oh no" }.ToString());

    [Fact]
    public void The_exit_code_of_a_fault_defaults_to_Served() => Assert.Equal(ExitCode.Served, new Fault(404, "", "").ExitCode);

    [Fact]
    public void Exit_codes_are_those_of_sysexits() => Assert.Equal([0, 64, 71, 76], new[] { ExitCode.Served, ExitCode.Usage, ExitCode.SystemError, ExitCode.PeerError }.Select(code => (int)code));
}
