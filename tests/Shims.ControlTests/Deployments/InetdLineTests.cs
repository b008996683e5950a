using Shims.Testing;

namespace Shims.ControlTests.Deployments;

using Gateway = Testing.Gateway;

/// <summary>Slips on a line of inetd.conf.</summary>
public sealed class InetdLineTests
{
    private const string Page = "/cgi-bin/hello.cgi";

    [Fact]
    public async Task A_program_without_its_name_after_it_takes_its_first_argument_for_its_name()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi);
        BreakableSite.Break(workshop.InetdFile, "scgi-run  scgi-run /", "scgi-run  /");
        await workshop.ReloadAndSeeAsync(Page, 502);
        DiagnosisFinding[] findings = [.. (await workshop.AskAsync()).Errors.Where(error => error.Cause.Contains("takes for its own name", StringComparison.Ordinal))];
        Assert.NotEmpty(findings);
        foreach (DiagnosisFinding finding in findings)
            await finding.CureAsync();
        await workshop.ReloadAndSeeAsync(Page, 200);
        Assert.Empty((await workshop.AskAsync()).Errors);
    }

    [Fact]
    public async Task A_low_limit_of_starts_ends_in_a_502_after_some_load()
    {
        await using BreakableSite workshop = await BreakableSite.OpenAsync(Gateway.Scgi);
        BreakableSite.Break(workshop.InetdFile, "nowait.9999999", "nowait.3");
        await workshop.ReloadAndSeeAsync(Page, 502);
        DiagnosisFinding[] findings = [.. (await workshop.AskAsync()).Problems.Where(problem => problem.Cause.Contains("after 3 requests in a minute inetd says \"server failing (looping), service terminated\"", StringComparison.Ordinal))];
        Assert.NotEmpty(findings);
        foreach (DiagnosisFinding finding in findings)
            await finding.CureAsync();
        Assert.DoesNotContain("nowait.3", File.ReadAllText(workshop.InetdFile), StringComparison.Ordinal);
        Assert.DoesNotContain((await workshop.AskAsync()).Problems, problem => problem.Cause.Contains("looping", StringComparison.Ordinal));
        // inetd keeps the socket closed for ten minutes, whatever it is told meanwhile: a new one opens it.
        await workshop.RestartInetdAsync();
        await workshop.SeeAsync(Page, 200);
        await workshop.SeeAsync(Page, 200);
    }

    [Theory]
    [InlineData("www-data ", "nobody-such ", "there is no user nobody-such")]
    [InlineData("stream  unix", "dgram   unix", "the type dgram is none that a gateway can serve")]
    [InlineData("nowait.9999999", "no-wait", "no-wait is neither wait nor nowait")]
    [InlineData("/usr/local/libexec/scgi-run ", "/usr/local/libexec/scgi-runn ", "does not exist")]
    [InlineData("scgi-run /srv/cgi-bin/", "scgi-run", "TARGET is missing")]
    [InlineData("scgi-run /srv/cgi-bin/", "scgi-run --trouthful /srv/cgi-bin/", "scgi-run refuses this line: unknown option --trouthful: write --truthful")]
    [InlineData("scgi-run /srv/cgi-bin/", "scgi-run /srv/cgi-bin", "without a slash at its end it is run as a script")]
    [InlineData("scgi-run /srv/cgi-bin/", "scgi-run /srv/cgi-bin/hello.cgi/", "with a slash at its end it is taken for a directory")]
    [InlineData("127.0.0.1:4000", "no-such-service", "there is no service no-such-service in /etc/services")]
    public async Task A_field_that_is_wrong_is_named_with_its_line(string text, string wrong, string cause)
    {
        using Installation installation = await Installation.WithScriptsAsync(Repository.PathTo("inetd-examples/cgi-bin"));
        string file = installation.Install(Gateway.Scgi.InetdExample.With(text, wrong));
        DiagnosisFinding[] findings = [.. (await Diagnosis.AskAsync("--no-run", file)).Errors.Where(error => error.Cause.Contains(cause, StringComparison.Ordinal))];
        Assert.NotEmpty(findings);
        Assert.All(findings, finding => Assert.StartsWith(file + ":", finding.Subject, StringComparison.Ordinal));
        foreach (DiagnosisFinding finding in findings.Where(finding => finding.Command is not null))
            await finding.CureAsync();
        Assert.Equal(findings.Count(finding => finding.Command is null), (await Diagnosis.AskAsync("--no-run", file)).Errors.Count(error => error.Cause.Contains(cause, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_line_with_too_few_fields_is_one_that_inetd_ignores()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("inetd.conf", "/run/x.sock stream unix nowait www-data\n");
        Assert.Equal($"{file}:1", (await Diagnosis.AskAsync("--no-run", file)).The("this line has 5").Subject);
    }
}
