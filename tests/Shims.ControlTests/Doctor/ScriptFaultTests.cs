using Shims.Control.Processes;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>A script that works is broken in the ways in which scripts break; doctor names cause and cure, and the cure, run as printed, works.</summary>
public sealed class ScriptFaultTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    private const string Works = "#!/bin/sh\necho 'Content-Type: text/plain'\necho\necho works\n";

    [Fact]
    public async Task A_script_that_works_has_nothing_wrong_with_it()
    {
        using BrokenScript broken = NewScript(Works);
        LaunchResult result = await broken.DoctorAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("responds with 200 text/plain, 6 bytes", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("Nothing is wrong.", result.OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("644", "it is not executable")]
    [InlineData("754", "it is not executable for user nobody")]
    [InlineData("750", "it is not readable and not executable for user nobody")]
    [InlineData("700", "it is not readable and not executable for user nobody")]
    [InlineData("600", "it is not executable")]
    [InlineData("711", "it is not readable for user nobody")] // P4
    public async Task A_mode_that_keeps_the_user_out_is_changed(string mode, string cause)
    {
        Requires.Tools("setfacl");
        using BrokenScript broken = NewScript(Works);
        Chmod(mode, broken.Script);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal(("error", cause), (complaint.Severity, complaint.Cause));
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
        // Nobody but that user may do more than before, except to run what may be read.
        UnixFileMode before = (UnixFileMode)Convert.ToInt32(mode, 8) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        Assert.Equal(before, File.GetUnixFileMode(broken.Script) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }

    [Theory]
    [InlineData("u:nobody:---", false, "it is not readable and not executable for user nobody, by its access control list (getfacl ")]
    [InlineData("u:nobody:r--,g::rwx", false, "it is not executable for user nobody, by its access control list (getfacl ")]
    [InlineData("g:nogroup:--x", false, "it is not readable for user nobody, by its access control list (getfacl ")]
    [InlineData("u:nobody:rx,m::r", false, "it is not executable for user nobody, by its access control list (getfacl ")]
    [InlineData("u:nobody:r", true, "user nobody may not enter ")]
    public async Task A_list_that_keeps_the_user_out_gets_an_entry_whatever_the_mode_says(string entries, bool ofFolder, string cause)
    {
        Requires.Tools("setfacl");
        using BrokenScript broken = NewScript(Works);
        await broken.IsWellAsync();
        await Command.RunAsync("setfacl", ["-m", entries, ofFolder ? broken.Folder : broken.Script]);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal("error", complaint.Severity);
        Assert.StartsWith(cause, complaint.Cause, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
    }

    [Fact]
    public async Task A_list_that_lets_the_user_in_is_enough_where_the_mode_would_not_do()
    {
        Requires.Tools("setfacl");
        using BrokenScript broken = NewScript(Works);
        Chmod("700", broken.Script);
        await Command.RunAsync("setfacl", ["-m", "u:nobody:rx", broken.Script]);
        Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
    }

    [Fact]
    public async Task Every_directory_that_keeps_the_user_out_is_named() // P3
    {
        Requires.Tools("setfacl");
        using BrokenScript broken = NewScript(Works);
        Chmod("700", broken.Folder);
        Chmod("710", broken.Site);
        IReadOnlyList<DoctorFinding> complaints = await broken.ExamineAsync();
        Assert.Equal([$"user nobody may not enter {broken.Site}", $"user nobody may not enter {broken.Folder}"], complaints.Select(complaint => complaint.Cause));
        // A folder above the examined one is not opened by a command.
        Assert.Null(complaints[0].Command);
        Assert.StartsWith($"if user nobody is meant to enter {broken.Site}: let that user and no other", complaints[0].Advice, StringComparison.Ordinal);
        await Command.RunAsync("setfacl", ["-m", "u:nobody:x", broken.Site]);
        await BrokenScript.CureAsync(complaints[1]);
        Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
    }

    [Theory]
    [InlineData("#!/bin/sh\r\necho 'Content-Type: text/plain'\r\necho\r\necho works\r\n", "line 1 ends in CR (saved with Windows line endings)")]
    [InlineData("\uFEFF" + Works, "it begins with a byte order mark")]
    [InlineData("echo 'Content-Type: text/plain'\necho\necho works\n", "it has no #! line and is not a program")]
    [InlineData("#!/usr/local/bin/no/sh -u\necho 'Content-Type: text/plain'\necho\necho works\n", "line 1 names /usr/local/bin/no/sh, which does not exist")]
    [InlineData("#!/usr/bin/env sh -u\necho 'Content-Type: text/plain'\necho\necho works\n", "line 1 asks env for a program named \"sh -u\": without -S all that follows env is one word")]
    [InlineData("#!/usr/bin/env python\nprint('Content-Type: text/plain\\n\\nworks')\n", "line 1 asks env for python, which is not on the PATH that scripts get: /usr/local/bin:/usr/bin:/bin")]
    public async Task A_first_line_that_cannot_work_is_rewritten(string source, string cause)
    {
        using BrokenScript broken = NewScript(source);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal(("error", cause), (complaint.Severity, complaint.Cause));
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
    }

    [Fact]
    public async Task A_mode_that_invites_others_is_warned_of_and_changed()
    {
        using BrokenScript broken = NewScript(Works);
        Chmod("757", broken.Script);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal(("warning", "everybody on this machine may rewrite it"), (complaint.Severity, complaint.Cause));
        await BrokenScript.CureAsync(complaint);
        await broken.IsWellAsync();
    }

    [Theory, Trait("fault", "F20"), Trait("fault", "A06")]
    [InlineData("4755", "setuid has no effect on a script")]
    [InlineData("2755", "setgid has no effect on a script")]
    public async Task A_set_id_mode_of_a_script_is_warned_of_and_left_as_it_is(string mode, string cause)
    {
        using BrokenScript broken = NewScript(Works);
        Chmod(mode, broken.Script);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal(("warning", null), (complaint.Severity, complaint.Command));
        Assert.StartsWith(cause, complaint.Cause, StringComparison.Ordinal);
        Assert.Contains("leave it if it is meant", complaint.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filesystem_that_programs_may_not_be_run_from_is_named()
    {
        Requires.Tools("unshare", "nsenter", "mount");
        Requires.Place(await MayMountAsync(), "a mount namespace of its own: not in a chroot, and only as root");
        using BrokenScript broken = NewScript(Works);
        string folder = ShellWords.Quote(broken.Folder);
        // In a namespace of its own, so that the machine has no mount more, and this one goes with its process.
        await using LaunchedProgram keeper = Launcher.Start(new Launch
        {
            Program = Tool.PathOf("unshare"),
            Arguments = ["--mount", "--propagation", "private", "/bin/sh", "-c", $"cd {folder} && mount -t tmpfs -o noexec,mode=755 shims {folder} && cp -p ./* {folder} && echo mounted && exec sleep 600"],
        });
        await Patience.UntilAsync(() => keeper.OutputSoFar.Length > 0 || !keeper.IsRunning, "the filesystem is mounted");
        Assert.True(keeper.IsRunning, keeper.ErrorSoFar);
        broken.Mounts = keeper.ProcessId;
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal($"the filesystem {broken.Folder}, which it is on, is mounted noexec: nothing may be run from there", complaint.Cause);
        // What else relies on that option, doctor cannot know.
        Assert.Null(complaint.Command);
        Assert.Contains("mount with the option exec", complaint.Advice, StringComparison.Ordinal);
        await Command.RunAsync("nsenter", [$"--mount=/proc/{keeper.ProcessId}/ns/mnt", "--", "mount", "-o", "remount,exec", broken.Folder]);
        Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
    }

    [Fact]
    public async Task Doctor_and_the_gateways_log_say_the_same()
    {
        foreach (string source in (string[])["#!/bin/sh\r\n", "\uFEFF" + Works, "echo\n", "#!/no/such/sh\n", "#!\n"])
        {
            using BrokenScript broken = NewScript(source);
            DoctorFinding complaint = await broken.FindAsync();
            LaunchResult gateway = await broken.LogAsync();
            Assert.Contains($"cannot run {broken.Script}: {complaint.Cause}: ", gateway.ErrorText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directory_of_scripts_is_examined_script_by_script()
    {
        using BrokenScript broken = NewScript(Works);
        string other = Path.Combine(broken.Folder, "sub/other.cgi");
        Directory.CreateDirectory(Path.GetDirectoryName(other)!);
        File.WriteAllText(other, Works);
        File.WriteAllText(Path.Combine(broken.Folder, "page.html"), "<p>no script</p>");
        LaunchResult result = await broken.DoctorAsync(broken.Folder, "--no-run");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{other}\n  error    it is not executable\n", result.OutputText, StringComparison.Ordinal);
        Assert.Contains($"{broken.Script}\n  ok ", result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain("page.html", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_is_not_waited_for()
    {
        using BrokenScript broken = NewScript(Works);
        string pipe = NamedPipe.Make(Path.Combine(broken.Folder, "pipe.cgi"));
        LaunchResult result = await broken.DoctorAsync("--no-run", pipe, broken.Folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("pipe.cgi\n  error    not a regular file", result.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_run_programs_as_another_user_is_told_the_command_that_may()
    {
        using BrokenScript broken = NewScript(Works);
        LaunchResult result = await broken.DoctorAsNobodyAsync("root");
        Assert.Contains("nothing was run: only root can run programs as user root", result.OutputText, StringComparison.Ordinal);
        Assert.Contains("sudo shimctl doctor --user root ", result.OutputText, StringComparison.Ordinal);
    }

    /// <summary>In a chroot the root is not a mount point, and cannot be made private.</summary>
    private static async Task<bool> MayMountAsync() =>
        (await Launcher.RunAsync(new Launch { Program = Tool.PathOf("unshare"), Arguments = ["--mount", "--propagation", "private", "true"] })).ExitCode == 0;

    private BrokenScript NewScript(string source) => new(programs, "it's.sh", source);

    private static void Chmod(string mode, string path) => File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
}
