using Microsoft.Win32.SafeHandles;

namespace Shims.ProgramTests;

/// <summary>A request from a file or pipe, and a response that standard output does not take.</summary>
public sealed class StandardOutputTests : ProgramTest
{
    private const string Head = "printf 'Content-Type: text/plain\\n\\n'";

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_is_ended_when_the_reader_of_standard_output_has_closed_it(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{Head}; {witness.Appear}; exec yes");
        using Pipe pipe = Pipe.Create();
        await using LaunchedProgram program = Start(mode, script, pipe.Writer);
        pipe.Writer.Dispose();
        using (var reader = new FileStream(pipe.Reader, FileAccess.Read, bufferSize: 0))
            Assert.Equal(10, reader.ReadAtLeast(new byte[10], 10));
        await witness.LineAsync();
        LaunchResult result = await program.WaitAsync();
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("standard output was closed before the whole response was written (EPIPE)", result.ErrorText, StringComparison.Ordinal);
        await witness.GoneAsync();
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_full_disk_is_an_error_however_short_the_response_is(RunModeUnderTest mode)
    {
        string script = Folder.Shell($"{Head}; echo short");
        using SafeFileHandle full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        await using LaunchedProgram program = Start(mode, script, full);
        LaunchResult result = await program.WaitAsync();
        Assert.Equal(71, result.ExitCode);
        Assert.Contains("cannot write the response to standard output (ENOSPC, no space left)", result.ErrorText, StringComparison.Ordinal);
    }

    private LaunchedProgram Start(RunModeUnderTest mode, string script, SafeFileHandle output)
    {
        RequestVariables variables = RequestVariables.For("GET", script);
        string request = Folder.PathTo("request");
        File.WriteAllBytes(request, mode.Encode(variables));
        using SafeFileHandle input = File.OpenHandle(request);
        return Invocation.Start(new Invocation(mode, script).Launch with { Input = input, Output = output });
    }
}
