using System.Text;

namespace Shims.ProgramTests;

/// <summary>The files in bin/: one each, small, in need of nothing but the C library.</summary>
public sealed class BinaryTests
{
    private static readonly string[] s_allowed = ["linux-vdso", "libc.so", "libm.so", "ld-linux", "ld-musl", "libpthread.so", "libdl.so"];

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public void Each_gateway_is_a_native_executable_below_4_and_a_quarter_MB(RunModeUnderTest mode)
    {
        byte[] start = new byte[4];
        using FileStream file = File.OpenRead(mode.Program());
        file.ReadExactly(start);
        Assert.Equal([0x7F, .. "ELF"u8], start);
        Assert.InRange(file.Length, 1, 17 * 256 * 1024); // MB as ls -h counts them
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Each_gateway_depends_on_the_C_library_only(RunModeUnderTest mode)
    {
        Assert.SkipUnless(Tool.Exists("ldd"), "needs ldd");
        await using LaunchedProgram ldd = Invocation.Start(new Launch { Program = Tool.PathOf("ldd"), Arguments = [mode.Program()] });
        LaunchResult result = await ldd.WaitAsync(Patience.Limit);
        string[] needed = [.. result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Path.GetFileName(line.Trim().Split(' ')[0]))];
        Assert.NotEmpty(needed);
        if (result.OutputText.Contains("statically linked", StringComparison.Ordinal))
            return;
        Assert.All(needed, name => Assert.Contains(s_allowed, allowed => name.StartsWith(allowed, StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Each_gateway_runs_without_any_file_beside_it(RunModeUnderTest mode)
    {
        using var folder = new ScriptFolder();
        string copy = folder.Script("elsewhere/" + mode.ProgramName(), File.ReadAllBytes(mode.Program()));
        string script = folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        var invocation = new Invocation(mode, script)
        {
            Options = ["--timeout", "30"],
            Adjust = launch => launch with { Program = copy, Environment = [Encoding.ASCII.GetBytes("PATH=/nonexistent")] },
        };
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Body: "served", ExitCode: 0, Log: "" }, answer.ToString());
    }
}
