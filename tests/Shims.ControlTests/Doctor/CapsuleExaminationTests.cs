using System.Text;
using Shims.Recording;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Doctor looks at what was kept of a request.</summary>
public sealed class CapsuleExaminationTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_fault_is_told_and_the_script_examined_as_it_was_run()
    {
        string script = WriteScript();
        string output = await ExamineAsync(Write(script, path: "/usr/bin:/bin"), expected: 1);
        Assert.Contains($"error    2026-11-21 04:38:38 +00:00, request 3f9a1c07: {script} ended without writing anything (exit 127); standard error: {script}: 3: my-tool: not found\n    do     run it by hand", output, StringComparison.Ordinal);
        // What was wrong then is wrong now, and told once.
        Assert.Single(output.Split('\n'), line => line.Contains("it runs my-tool, which is nowhere on this machine's usual paths", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_environment_is_the_one_that_was_kept()
    {
        string output = await ExamineAsync(Write(WriteScript(), path: $"{_folder.PathTo("tools")}:/usr/bin:/bin"), expected: 1);
        // The capsule's own fault stands; the script does well with that PATH.
        Assert.Contains("ok       responds with 200 text/plain, 5 bytes", output, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "F12")]
    public async Task The_recorded_request_is_sent_again_and_not_another_one()
    {
        string script = _folder.WriteScript("x.sh", "#!/bin/sh\n[ \"$PATH_INFO\" = /p.git/info/refs ] || { echo 'PATH_INFO is wrong' >&2; exit 3; }\nprintf 'Content-Type: text/plain\\n\\nworks'\n");
        string output = await ExamineAsync(Write(script, "/usr/bin:/bin", "REQUEST_METHOD=GET", "SCRIPT_NAME=/git", "PATH_INFO=/p.git/info/refs"), expected: 1);
        Assert.Contains("ok       responds with 200 text/plain, 5 bytes", output, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_recorded_POST_is_sent_again_only_if_that_is_asked_for(bool posts)
    {
        string script = _folder.WriteScript("x.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n%s' $REQUEST_METHOD\n");
        string output = await ExamineAsync(Write(script, "/usr/bin:/bin", "REQUEST_METHOD=POST"), expected: 1, posts ? ["--post"] : []);
        Assert.Contains(posts ? "responds with 200 text/plain, 4 bytes" : "responds with 200 text/plain, 3 bytes", output, StringComparison.Ordinal);
        Assert.Equal(!posts, output.Contains("the recorded request is a POST, and was not sent again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_capsule_that_breaks_off_is_told_so()
    {
        string capsule = Write(WriteScript(), path: "/usr/bin:/bin");
        byte[] bytes = await File.ReadAllBytesAsync(capsule, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(capsule, bytes[..^5], TestContext.Current.CancellationToken);
        Assert.Contains("was not written to its end", await ExamineAsync(capsule, expected: 1), StringComparison.Ordinal);
    }

    private string WriteScript()
    {
        _folder.WriteScript("tools/my-tool", "#!/bin/sh\nprintf works\n");
        return _folder.WriteScript("x.sh", "#!/bin/sh\nset -e\nanswer=$(my-tool)\nprintf 'Content-Type: text/plain\\n\\n%s' \"$answer\"\n");
    }

    private string Write(string script, string path, params string[] variables)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        var writer = new CapsuleWriter(1 << 20);
        writer.Begin();
        Add(CapsuleSection.Program, "scgi-run");
        Add(CapsuleSection.Time, "1795235918000");
        Add(CapsuleSection.RequestId, "3f9a1c07");
        Add(CapsuleSection.Reason, "fault");
        Add(CapsuleSection.Status, "502");
        Add(CapsuleSection.Cause, $"{script} ended without writing anything");
        Add(CapsuleSection.Cure, "run it by hand");
        Add(CapsuleSection.Script, script);
        Add(CapsuleSection.User, "65534");
        Add(CapsuleSection.Group, "65534");
        Add(CapsuleSection.End, "exit 127");
        foreach (string variable in (string[])["QUERY_STRING=", .. variables])
            Add(CapsuleSection.Variable, variable);
        Add(CapsuleSection.Environment, $"PATH={path}");
        Add(CapsuleSection.Environment, "REQUEST_METHOD=GET");
        Add(CapsuleSection.Error, $"{script}: 3: my-tool: not found\n");
        writer.End();
        string capsule = _folder.Write("capsule", writer.Written.ToArray());
        // The gateway's user has written it, and nobody else can.
        File.SetUnixFileMode(capsule, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal(0, Mono.Unix.Native.Syscall.chown(capsule, 65534, 65534));
        return capsule;

        void Add(string name, string content) => writer.Add(name, Encoding.UTF8.GetBytes(content));
    }

    private async Task<string> ExamineAsync(string capsule, int expected, params string[] options)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        LaunchResult result = await Launcher.RunAsync(
            new Launch { Program = Path.Combine(programs.Folder, "shimctl"), Arguments = ["doctor", "--gateway", "scgi-run --stderr inherit", .. options, capsule], Folder = "/" });
        Assert.True(result.ExitCode == expected, result.ErrorText + result.OutputText);
        return result.OutputText;
    }
}
