using System.Text;
using Shims.Recording;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Doctor runs nothing as a user who did not ask for it, and nothing of another user's reaches the terminal.</summary>
public sealed class UserSeparationTests : IClassFixture<DoctorPrograms>, IDisposable
{
    private const int Nobody = 65534;

    private readonly DoctorPrograms _programs;
    private readonly TemporaryFolder _folder = new();

    public UserSeparationTests(DoctorPrograms programs)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        _programs = programs;
        File.SetUnixFileMode(_folder.MakeFolder("shared"), (UnixFileMode)0b111_111_111);
    }

    /// <summary>A script that tells as whom it runs, when its source is checked and when it answers.</summary>
    private string Teller => $"#!/usr/bin/perl\nBEGIN {{ open my $told, '>>', '{_folder.PathTo("shared/told")}' or die; print $told \"$<\\n\" }}\nprint \"Content-Type: text/plain\\n\\nworks\";\n";

    private string Told => File.Exists(_folder.PathTo("shared/told")) ? File.ReadAllText(_folder.PathTo("shared/told")) : "";

    public void Dispose() => _folder.Dispose();

    [Fact, Trait("fault", "H5")]
    public async Task Root_who_names_no_user_has_nothing_run_and_is_told_so()
    {
        string script = _folder.WriteScript("site/x.pl", Teller);
        foreach (string what in (string[])[script, _folder.PathTo("site")])
        {
            LaunchResult result = await DoctorAsync(what);
            Assert.Contains("warning  nothing was run: root has to say who scripts run as", result.OutputText, StringComparison.Ordinal);
            Assert.Contains("ok       user root can start it", result.OutputText, StringComparison.Ordinal);
            Assert.Equal("", Told);
        }
        await DoctorAsync("--user", "nobody", script);
        Assert.Equal("65534\n65534\n", Told);
    }

    [Fact, Trait("fault", "H5")]
    public async Task A_configuration_that_names_the_user_is_enough_if_it_is_roots()
    {
        string script = _folder.WriteScript("site/x.pl", Teller);
        string file = _folder.Write("inetd.conf", $"{_folder.PathTo("x.sock")} stream unix nowait.9999999 nobody {Path.Combine(_programs.Folder, "scgi-run")} scgi-run {_folder.PathTo("site")}/\n");
        LaunchResult result = await DoctorAsync(file, script);
        Assert.Equal("65534\n65534\n", Told);
        Assert.DoesNotContain("nothing was run", result.OutputText, StringComparison.Ordinal);
        File.Delete(_folder.PathTo("shared/told"));
        // Anybody could name anybody.
        await Command.RunAsync("chown", ["daemon", file]);
        Assert.Contains("nothing was run", (await DoctorAsync(file, script)).OutputText, StringComparison.Ordinal);
        Assert.Equal("", Told);
    }

    [Fact, Trait("fault", "H5")]
    public async Task A_web_servers_own_check_is_not_run_on_a_configuration_that_may_name_code_of_somebody_elses()
    {
        Requires.Tools("nginx");
        string file = _folder.Write("nginx.conf", "load_module /nowhere/evil.so;\nevents {}\nhttp { server { listen 127.0.0.1:1; location / { scgi_pass unix:/x; } } }\n");
        Assert.Contains("nginx will not start with this", (await DoctorAsync(file)).OutputText, StringComparison.Ordinal);
        await Command.RunAsync("chown", ["nobody", file]);
        LaunchResult result = await DoctorAsync(file);
        Assert.Contains("warning  the server's own check was not run", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.so", result.OutputText, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "C2")]
    public async Task The_script_of_a_capsule_runs_as_the_owner_of_the_file_and_never_as_its_text_says()
    {
        string script = _folder.WriteScript("x.pl", Teller), capsule = WriteCapsule(script, user: 0);
        await DoctorAsync(capsule);
        Assert.Equal("65534\n65534\n", Told);
        File.Delete(_folder.PathTo("shared/told"));
        await Command.RunAsync("chown", ["root", capsule]);
        LaunchResult result = await DoctorAsync(capsule);
        Assert.Contains("nothing of it was run: root owns the capsule", result.OutputText, StringComparison.Ordinal);
        Assert.Equal("", Told);
    }

    [Fact, Trait("fault", "C2"), Trait("fault", "H2")]
    public async Task A_capsule_gets_no_command_printed_for_a_file_that_its_owner_does_not_own()
    {
        string secret = _folder.Write("secret", "a password");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (string named in (string[])[secret, _folder.WriteScript("x.cgi", "#!/bin/sh\n")])
        {
            LaunchResult result = await DoctorAsync(WriteCapsule(named, Nobody, $"{named}: 1: cannot open {secret}: Permission denied\n"));
            Assert.DoesNotContain("  run  ", result.OutputText, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(true), InlineData(false), Trait("fault", "H1")]
    public async Task A_program_that_runs_as_another_user_has_no_way_to_the_terminal(bool whenChecked)
    {
        Requires.Tools("script", "python3");
        string probe = _folder.WriteScript("site/x.py", TerminalProbe.Source(_folder.PathTo("shared/told")));
        // exec, so that it is the very process that was started.
        string script = whenChecked ? _folder.WriteScript("site/x.pl", $"#!/usr/bin/perl\nBEGIN {{ exec '{probe}' if $^C }}\nprint \"Content-Type: text/plain\\n\\n\";\n") : probe;
        await TerminalProbe.RunOnTerminalAsync([Path.Combine(_programs.Folder, "shimctl"), "doctor", "--user", "nobody", script]);
        Assert.Equal(TerminalProbe.Nothing, Told);
    }

    private async Task<LaunchResult> DoctorAsync(params string[] arguments)
    {
        LaunchResult result = await Launcher.RunAsync(
            new Launch { Program = Path.Combine(_programs.Folder, "shimctl"), Arguments = ["doctor", "--gateway", "scgi-run --stderr inherit", .. arguments], Folder = "/" });
        Assert.True(result.ExitCode is 0 or 1, result.ErrorText + result.OutputText);
        return result;
    }

    private string WriteCapsule(string script, uint user, string said = "")
    {
        var writer = new CapsuleWriter(1 << 20);
        writer.Begin();
        Add(CapsuleSection.RequestId, "3f9a1c07");
        Add(CapsuleSection.Script, script);
        Add(CapsuleSection.Directory, _folder.Path);
        Add(CapsuleSection.User, user.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add(CapsuleSection.Group, user.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Add(CapsuleSection.Environment, "REQUEST_METHOD=GET");
        Add(CapsuleSection.Error, said);
        writer.End();
        string capsule = _folder.Write("capsule", writer.Written.ToArray());
        File.SetUnixFileMode(capsule, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, Mono.Unix.Native.Syscall.chown(capsule, Nobody, Nobody));
        return capsule;

        void Add(string name, string content) => writer.Add(name, Encoding.UTF8.GetBytes(content));
    }
}
