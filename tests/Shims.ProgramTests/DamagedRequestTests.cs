using System.Net.Sockets;
using CsCheck;

namespace Shims.ProgramTests;

/// <summary>Damaged requests in every mode: each connection ends, and so does each program, or it serves on; no signal, nothing left over. The unit tests damage more, and look closer.</summary>
public sealed class DamagedRequestTests : ProgramTest
{
    private const string Serve = "head -c 100 >/dev/null; printf 'Content-Type: text/plain\\n\\nserved'";

    /// <summary>Bytes, whatever has been sent.</summary>
    private const long MemoryLimit = 24 << 20;

    /// <summary>One for each way in which a resident program answers.</summary>
    public static TheoryData<RunModeUnderTest> Resident => [RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi];

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    [Trait("fault", "C1")]
    public async Task A_program_for_one_connection_ends_with_a_documented_status(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await Requests(mode, script).SampleAsync(
            async request =>
            {
                await using Conversation conversation = new Invocation(mode, script).Connect();
                await SendAsync(conversation, request);
                (_, LaunchResult result) = await conversation.FinishRawAsync();
                Assert.True(result is { Signal: 0, ExitCode: 0 or 71 or 76 }, $"exit status {result.ExitCode}, signal {result.Signal}: {result.ErrorText}");
            },
            iter: TestExtent.Of(80, 8_000),
            threads: 2);
    }

    [Theory, MemberData(nameof(Resident))]
    [Trait("fault", "C1")]
    public async Task A_resident_program_serves_on_and_keeps_nothing(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script) { Options = ["--stderr", "null"] }.Listen();
        // Several at a time, so that all of its threads have begun.
        await Parallel.ForAsync(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) => Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body));
        int before = await program.SettledAsync();
        await Requests(mode, script).SampleAsync(
            async request =>
            {
                await using Conversation conversation = await program.ConnectAsync();
                await SendAsync(conversation, request);
                await conversation.Connection.ReceiveToEndAsync();
            },
            iter: TestExtent.Of(300, 35_000),
            threads: 4);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await program.ComesDownToAsync(before);
        Assert.InRange(program.Program.PeakMemory, 1, MemoryLimit);
    }

    private static Gen<DamagedRequest> Requests(RunModeUnderTest mode, string script) => mode.SpeaksFastCgi() ? DamagedRequest.FastCgi(script) : mode.SpeaksUwsgi() ? DamagedRequest.Uwsgi(script) : DamagedRequest.Scgi(script);

    private static async Task SendAsync(Conversation conversation, DamagedRequest request)
    {
        await conversation.TrySendAsync(request.First);
        await Task.Yield();
        await conversation.TrySendAsync(request.Rest);
        try
        {
            conversation.Connection.EndSending();
        }
        catch (SocketException)
        {
            // It has gone already.
        }
    }
}
