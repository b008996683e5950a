using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Users;

/// <summary>shimctl without the library by which it asks for users, or without what that needs: it says which one is missing, and does what needs neither.</summary>
public sealed class MonoPosixLibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_library_that_is_not_beside_the_program_is_named_with_its_place() =>
        Assert.Equal($"there is no libMonoPosixHelper.so in {_folder.Path}, which this needs: copy it there: it is installed beside shimctl", MonoPosixLibrary.Explain(_folder.Path, "").Message);

    [Theory]
    [InlineData("/x/MonoPosixHelper.so: cannot open shared object file: No such file or directory\nlibz.so.1: cannot open shared object file: No such file or directory\n", "libz.so.1 is missing, which libMonoPosixHelper.so needs: install it (Debian: zlib1g)")]
    [InlineData("Error loading shared library libdl.so.2: No such file or directory (needed by /x/libMonoPosixHelper.so)", "libdl.so.2 is missing, which libMonoPosixHelper.so needs: install it")]
    [InlineData("/x/libMonoPosixHelper.so: wrong ELF class", "cannot be loaded")]
    public void What_the_library_needs_is_named(string said, string expected)
    {
        _folder.Write("libMonoPosixHelper.so", "");
        Assert.Contains(expected, MonoPosixLibrary.Explain(_folder.Path, said).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_failure_has_another_reason() => Assert.Null(MonoPosixLibrary.Explain(new InvalidOperationException("", new IOException())));

    [Fact]
    public async Task Without_it_doctor_says_so_in_one_line_and_other_commands_work()
    {
        string script = _folder.WriteScript("x.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nserved'\n");
        string shimctl = _folder.WriteScript("bin/shimctl", File.ReadAllBytes(Repository.Program("shimctl")));
        LaunchResult doctor = await RunAsync(shimctl, "doctor", script);
        Assert.NotEqual(0, doctor.ExitCode);
        string said = doctor.OutputText + doctor.ErrorText;
        Assert.Contains("there is no libMonoPosixHelper.so in ", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
        LaunchResult request = await RunAsync(shimctl, "request", "--to", $"exec:{Repository.ScgiRun} {_folder.Path}/", "/x.cgi");
        Assert.Equal((0, "served", ""), (request.ExitCode, request.OutputText, request.ErrorText));
    }

    [Fact]
    public async Task In_a_bare_chroot_requests_are_sent_and_what_doctor_lacks_is_named()
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, for chroot");
        Requires.Tools("chroot", "ldd");
        var jail = new Jail(_folder.PathTo("jail"), without: "libz.");
        await jail.AddProgramAsync("/bin/sh", "/bin/sh");
        await jail.AddProgramAsync(Repository.Program("shimctl"), "/bin/shimctl");
        await jail.AddProgramAsync(Path.Join(Path.GetDirectoryName(Repository.Program("shimctl")), "libMonoPosixHelper.so"), "/bin/libMonoPosixHelper.so");
        jail.Copy(Repository.ScgiRun, "/bin/scgi-run");
        jail.Copy(Repository.FcgiRun, "/bin/fcgi-run");
        _folder.WriteScript("jail/cgi/x.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nserved'\n");
        foreach (string gateway in (string[])["scgi-run", "scgi-run --mode relay", "fcgi-run"])
        {
            LaunchResult request = await RunAsync(jail.CommandFor("/bin/shimctl", "request", "--to", $"exec:/bin/{gateway} /cgi/", "/x.cgi"));
            Assert.Equal((0, "served", ""), (request.ExitCode, request.OutputText, request.ErrorText));
        }
        LaunchResult doctor = await RunAsync(jail.CommandFor("/bin/shimctl", "doctor", "/cgi/x.cgi"));
        string said = doctor.OutputText + doctor.ErrorText;
        Assert.Contains("libz.so.1 is missing, which libMonoPosixHelper.so needs: install it (Debian: zlib1g)", said, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static Task<LaunchResult> RunAsync(params string[] command) => Launcher.RunAsync(new Launch { Program = command[0], Arguments = command[1..] });
}
