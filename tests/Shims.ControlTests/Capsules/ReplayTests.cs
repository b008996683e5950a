using System.Text;
using Shims.ControlTests.Doctor;
using Shims.Testing;

namespace Shims.ControlTests.Capsules;

/// <summary>shimctl replay: the script runs as in the recorded run.</summary>
public sealed class ReplayTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>, IDisposable
{
    /// <summary>A script whose response contains everything that a script can see.</summary>
    private const string Mirror = """
        #!/usr/bin/perl
        binmode STDIN; binmode STDOUT;
        open(my $environment, '<:raw', '/proc/self/environ') or die;
        local $/;
        print "Status: 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n", readlink('/proc/self/cwd'), "\n", join('|', @ARGV), "\n", <$environment>, "\n", <STDIN>, "\n";
        open(my $limits, '<', '/proc/self/limits') or die;
        print grep { /address space|cpu time/ } split(/^/, <$limits>);
        print -p STDIN ? "pipe" : "no pipe";
        if (open(my $data, '<&=', 3)) { print "data ", <$data> }
        print STDERR "said\n";
        exit 7;
        """;

    private readonly RecordedSite _site = new(programs);

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Replay_gives_the_same_output_as_the_recorded_run(string program)
    {
        string script = _site.Script(Mirror);
        RequestVariables variables = RequestVariables.For("POST", script, pathInfo: "/more", query: "name=Ada%20L");
        variables.Add("HTTP_X_LATIN"u8.ToArray(), [0xE9, 0x0A, 0x3D, 0x7F]);
        (LaunchResult first, string capsule) = await _site.KeepAsync(program, [script, "one", "", "two words"], Request(program, variables, RecordedSite.Body(30_000)), "--memory", "2G", "--cpu", "50");
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        string answer = RecordedSite.ResponseOf(program, first);
        Assert.Equal(answer[answer.IndexOf("\r\n\r\n", StringComparison.Ordinal)..], Body(again));
        Assert.Contains("one||two words\n", answer, StringComparison.Ordinal);
        Assert.Equal((7, "said\n"), (again.ExitCode, again.ErrorText));
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run")]
    public async Task Replay_and_doctor_run_a_file_by_the_interpreter_that_ran_it(string program)
    {
        string script = _site.Script("print \"Content-Type: text/plain\\n\\n$0 @ARGV $^X\";");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        RequestVariables variables = RequestVariables.For("GET", script);
        (LaunchResult first, string capsule) = await _site.KeepAsync(program, [script, "one"], Request(program, variables, []),
            "--interpreter", ".cgi=/usr/bin/perl", "--allow-writable");
        Assert.EndsWith($"{script} one /usr/bin/perl", RecordedSite.ResponseOf(program, first), StringComparison.Ordinal);
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        Assert.EndsWith($"{script} one /usr/bin/perl", again.OutputText, StringComparison.Ordinal);
        Assert.Contains($"/usr/bin/perl {script} one", (await RecordedSite.ShimctlAsync("show", capsule)).OutputText, StringComparison.Ordinal);
        LaunchResult doctor = await RecordedSite.ShimctlAsync("doctor", capsule);
        Assert.Contains("responds with 200 text/plain", doctor.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_gives_a_FastCGI_Filter_its_file_on_descriptor_3()
    {
        string script = _site.Script(Mirror);
        byte[] data = RecordedSite.Body(40_000);
        byte[] request = FastCgiClient.Encode(RequestVariables.For("POST", script), "the body"u8.ToArray(), role: FastCgiClient.Filter);
        request = [.. request, .. FastCgiClient.Stream(FastCgiRecordType.Data, 1, data).SelectMany(static record => record.ToBytes())];
        (_, string capsule) = await _site.KeepAsync("fcgi-run", [script], request);
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        Assert.EndsWith("pipedata " + Encoding.ASCII.GetString(data), Body(again), StringComparison.Ordinal);
        Assert.Contains("FCGI_ROLE=FILTER\0", Body(again), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 64", 64)]
    [InlineData("kill -SEGV $$", 128 + 11)]
    public async Task Replay_ends_with_the_exit_status_of_the_script(string end, int exitCode)
    {
        string script = _site.Script($"#!/bin/sh\necho; {end}\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("GET", script)));
        Assert.Equal(exitCode, (await RecordedSite.ShimctlAsync("replay", capsule)).ExitCode);
    }

    [Fact]
    public async Task Replay_reports_redacted_secrets_and_takes_them_from_the_command_line()
    {
        string script = _site.Script("#!/bin/sh\nprintf '\\n%s %s %s' \"$HTTP_COOKIE\" \"$CONTENT_LENGTH\" \"$(cat)\"\n");
        RequestVariables variables = RequestVariables.For("POST", script).With("HTTP_COOKIE", "sid=secret-1").With("CONTENT_TYPE", "application/x-www-form-urlencoded");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", variables, "a=1&password=secret-2-and-more&b=2"u8.ToArray()));
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        Assert.Equal("\n[redacted] 27 a=1&password=[redacted]&b=2", again.OutputText);
        Assert.Contains("[redacted] in HTTP_COOKIE", again.ErrorText, StringComparison.Ordinal);
        Assert.Contains("secrets were redacted in the body", again.ErrorText, StringComparison.Ordinal);
        Assert.Contains("CONTENT_LENGTH was changed to 27", again.ErrorText, StringComparison.Ordinal);
        again = await RecordedSite.ShimctlAsync("replay", "--env", "HTTP_COOKIE=sid=mine", capsule);
        Assert.StartsWith("\nsid=mine 27 ", again.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("HTTP_COOKIE", again.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_reports_a_body_that_was_cut_and_corrects_CONTENT_LENGTH()
    {
        string script = _site.Script("#!/bin/sh\nprintf '\\n%s %s' \"$CONTENT_LENGTH\" \"$(wc -c)\"\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("POST", script), RecordedSite.Body(200_000)));
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        Assert.Equal("\n65536 65536", again.OutputText);
        Assert.Contains("only the first 65536 of 200000 bytes of the body were recorded", again.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replayed_script_that_does_not_read_a_long_body_ends()
    {
        string script = _site.Script("#!/bin/sh\necho\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("POST", script), RecordedSite.Body(66_000)));
        Assert.Equal(0, (await RecordedSite.ShimctlAsync("replay", capsule)).ExitCode);
    }

    [Fact, Trait("fault", "C2")]
    public async Task Replay_runs_as_the_owner_of_the_capsule_and_never_as_a_user_named_in_it()
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        string script = _site.Script("#!/bin/sh\nprintf '\\n%s' \"$(id -u):$(id -g):$(id -G)\"\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("GET", script)));
        await RewriteAsync(capsule, "\nuser 5\n65534\ngroup 5\n65534\n", "\nuser 1\n0\ngroup 1\n0\nsupplementary-group 1\n0\n");
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        Assert.Equal("\n65534:65534:65534", again.OutputText);
        Assert.Contains("the script ran as user 0, and now runs as user 65534", again.ErrorText, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "C2")]
    [InlineData("root:root", "600", "root owns the capsule")]
    [InlineData("nobody", "620", "other users may write to the capsule")]
    [InlineData("nobody", "602", "other users may write to the capsule")]
    [InlineData("4000000000", "600", "is not in the user database")]
    [InlineData("nobody", "600", "is a link")]
    public async Task Replay_refuses_a_capsule_whose_writer_is_not_certain(string owner, string mode, string cause)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        string script = _site.Script("#!/bin/sh\nprintf '\\nran'\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("GET", script)));
        await Command.RunAsync("chown", [owner, capsule]);
        await Command.RunAsync("chmod", [mode, capsule]);
        string named = cause == "is a link" ? File.CreateSymbolicLink(_site.PathTo("link"), capsule).FullName : capsule;
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", named);
        Assert.Equal((125, ""), (again.ExitCode, again.OutputText));
        Assert.Contains(cause, again.ErrorText, StringComparison.Ordinal);
        LaunchResult doctor = await RecordedSite.ShimctlAsync("doctor", named);
        Assert.Contains(cause, doctor.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("responds with 200", doctor.OutputText, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "C2")]
    public async Task Replay_by_an_ordinary_user_runs_only_capsules_of_that_user()
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        string script = _site.Script("#!/bin/sh\nprintf '\\nran as %s' \"$(id -u)\"\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("GET", script)));
        LaunchResult again = await _site.ShimctlAsNobodyAsync("replay", capsule);
        Assert.Equal((0, "\nran as 65534"), (again.ExitCode, again.OutputText));
        await Command.RunAsync("chown", ["daemon", capsule]);
        await Command.RunAsync("chmod", ["644", capsule]);
        again = await _site.ShimctlAsNobodyAsync("replay", capsule);
        Assert.Equal((125, ""), (again.ExitCode, again.OutputText));
        Assert.Contains("the capsule belongs to another user", again.ErrorText, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "H1")]
    public async Task Replayed_script_has_no_terminal_and_its_output_is_escaped_there()
    {
        Requires.Tools("script", "python3");
        _site.MakeShared();
        string script = _site.Script(TerminalProbe.Source(_site.PathTo("shared/told")));
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("GET", script)));
        File.Delete(_site.PathTo("shared/told"));
        LaunchResult seen = await TerminalProbe.RunOnTerminalAsync([Repository.Program("shimctl"), "replay", capsule]);
        string told = await File.ReadAllTextAsync(_site.PathTo("shared/told"), TestContext.Current.CancellationToken);
        Assert.Equal(TerminalProbe.Nothing, told);
        Assert.Contains("\\x1b[31mred\\xe2\\x80\\xae", seen.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[31m", seen.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_of_a_script_that_cannot_be_run_exits_with_125_and_names_cause_and_fix()
    {
        string script = _site.Script("#!/bin/sh\necho\n");
        (_, string capsule) = await _site.KeepAsync("scgi-run", [script], Request("scgi-run", RequestVariables.For("GET", script)));
        File.SetUnixFileMode(script, UnixFileMode.UserRead);
        LaunchResult again = await RecordedSite.ShimctlAsync("replay", capsule);
        Assert.Equal((125, $"shimctl: cannot run {script}: it is not executable: chmod +x {script}\n"), (again.ExitCode, again.ErrorText));
        again = await RecordedSite.ShimctlAsync("replay", script);
        Assert.Equal((125, $"shimctl: {script} is not a capsule: name a file that --record has written\n"), (again.ExitCode, again.ErrorText));
        Directory.CreateDirectory(_site.PathTo("folder"));
        Assert.Contains("is a directory: name a capsule in it", (await RecordedSite.ShimctlAsync("replay", _site.PathTo("folder"))).ErrorText, StringComparison.Ordinal);
        again = await RecordedSite.ShimctlAsync("replay", _site.PathTo("nothing"));
        Assert.Equal(125, again.ExitCode);
    }

    public void Dispose() => _site.Dispose();

    private static byte[] Request(string program, RequestVariables variables, byte[]? body = null) => program == "scgi-run"
        ? ScgiClient.Encode(variables, body)
        : FastCgiClient.Encode(variables, body);

    private static async Task RewriteAsync(string capsule, string old, string text)
    {
        string whole = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(capsule, TestContext.Current.CancellationToken));
        Assert.Contains(old, whole, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(capsule, Encoding.Latin1.GetBytes(whole.Replace(old, text, StringComparison.Ordinal)), TestContext.Current.CancellationToken);
    }

    /// <summary>From the end of the header on: the gateways say its lines in their own way.</summary>
    private static string Body(LaunchResult result)
    {
        string output = Encoding.Latin1.GetString(result.Output);
        return output[output.IndexOf("\r\n\r\n", StringComparison.Ordinal)..];
    }
}
