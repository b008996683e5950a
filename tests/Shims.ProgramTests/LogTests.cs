using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary>A log that no process reads costs lines, and never a request.</summary>
public sealed class LogTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes)), Trait("fault", "M2")]
    public async Task A_full_pipe_as_the_log_blocks_no_request_and_the_lost_lines_are_counted(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve), missing = Folder.PathTo("missing.cgi");
        using Pipe log = Pipe.Create();
        await using ListeningProgram program = ListeningProgram.Start(new Invocation(mode, Folder.Target),
            (launch, listener) => launch with { Input = listener.SafeHandle, Output = listener.SafeHandle, Error = log.Writer });
        log.Writer.Dispose();
        // More than the pipe holds, and what waits in the program.
        const int requests = 1200;
        for (int i = 0; i < requests; i++)
            Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", missing))).Status);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await using var reader = new FileStream(log.Reader, FileAccess.Read, bufferSize: 0);
        string read = "";
        while (!read.Contains("lines were lost\n", StringComparison.Ordinal))
            read += await ReadAvailableAsync(reader);
        Match lost = Regex.Match(read, "the log was full: ([0-9]+) lines were lost\n");
        string[] before = read[..lost.Index].Split('\n');
        Assert.Equal(requests, before.Count(static line => line.Contains("there is no such script", StringComparison.Ordinal)) + int.Parse(lost.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.True(int.Parse(lost.Groups[1].Value, CultureInfo.InvariantCulture) > 0);
    }

    [Theory, InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi), Trait("fault", "M2")]
    public async Task A_scripts_warnings_to_a_full_socket_or_pipe_block_no_request(RunModeUnderTest mode)
    {
        string script = Folder.Shell($"head -c 1000000 /dev/zero | tr '\\000' w >&2; {Serve}");
        foreach (bool isSocket in (bool[])[false, true])
        {
            SocketPair pair = SocketPair.Create();
            using Socket near = pair.Near, far = pair.Far;
            using Pipe pipe = Pipe.Create();
            await using ListeningProgram program = ListeningProgram.Start(new Invocation(mode, script) { Options = ["--stderr", "inherit"] },
                (launch, listener) => launch with { Input = listener.SafeHandle, Output = listener.SafeHandle, Error = isSocket ? far.SafeHandle : pipe.Writer });
            for (int i = 0; i < 3; i++)
                Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
            program.Program.Signal(15);
            await program.Program.WaitForEndAsync(Patience.Limit);
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "M2")]
    public async Task A_named_pipe_without_a_reader_is_not_waited_for(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve), pipe = NamedPipe.Make(Folder.PathTo("log"));
        foreach (bool waits in (bool[])[false, true])
        {
            var invocation = new Invocation(mode, script) { Options = ["--stderr", pipe] };
            await using ListeningProgram? program = waits ? invocation.Listen() : null;
            Response answer = program is null
                ? await invocation.AskAsync(RequestVariables.For("GET", script))
                : await program.AskAsync(RequestVariables.For("GET", script));
            Assert.Equal("served", answer.Body);
            if (program is null)
                Assert.Contains("a named pipe that no process reads", answer.Log, StringComparison.Ordinal);
            else
                await program.WaitForLogAsync("a named pipe that no process reads");
        }
    }

    [Fact, Trait("fault", "M2")]
    public async Task A_script_waits_for_the_reader_of_a_named_pipe_and_loses_no_line()
    {
        string script = Folder.Shell($"seq 1 20000 >&2; {Serve}"), pipe = NamedPipe.Make(Folder.PathTo("log"));
        // Open for both, so that the pipe has a reader from now on.
        await using var reader = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, 1);
        Task<int> lines = CountLinesAsync(reader, 20000);
        Response answer = await new Invocation(RunModeUnderTest.Supervise, script) { Options = ["--stderr", pipe] }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal("served", answer.Body);
        Assert.Equal(20000, await lines.Patiently());
    }

    [Fact, Trait("fault", "L11")]
    public async Task Of_endless_warnings_16_MiB_are_logged_and_the_rest_is_counted()
    {
        string script = Folder.Shell($"yes {new string('w', 127)} | head -c 20000000 >&2; {Serve}"), log = Folder.PathTo("log");
        Response answer = await new Invocation(RunModeUnderTest.Relay, script) { Options = ["--stderr", log] }.AskAsync(RequestVariables.For("GET", script));
        Assert.Equal("served", answer.Body);
        string[] lines = File.ReadAllLines(log);
        Assert.Equal(16 * 1024 * 1024 / 128, lines.Count(static line => line.EndsWith(": " + new string('w', 127), StringComparison.Ordinal)));
        Assert.Contains("wrote 20000000 bytes to standard error, of which the last 3222784 were not logged", lines[^1], StringComparison.Ordinal);
    }

    private static Task<int> CountLinesAsync(FileStream pipe, int enough) => Task.Run(() =>
    {
        int lines = 0;
        byte[] buffer = new byte[65536];
        while (lines < enough)
            lines += buffer.AsSpan(0, pipe.Read(buffer, 0, buffer.Length)).Count((byte)'\n');
        return lines;
    });

    private static async Task<string> ReadAvailableAsync(FileStream pipe)
    {
        byte[] buffer = new byte[1 << 20];
        // The lines were written before their requests were answered, and a pipe gives all of them at once.
        int count = await Task.Run(() => pipe.Read(buffer, 0, buffer.Length)).Patiently();
        return Encoding.UTF8.GetString(buffer, 0, count);
    }
}
