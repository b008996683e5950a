using System.Security.Cryptography;

namespace Shims.ProgramTests;

/// <summary>Large bodies, both ways: whole, without deadlock, without a large shim.</summary>
public sealed class BodyTests : ProgramTest
{
    private const int Size = 64 << 20;
    private const long MemoryLimit = 32 << 20;
    private static readonly byte[] s_body = MakeBody();

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Sixty_four_mebibytes_arrive_intact(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; head -c $CONTENT_LENGTH | sha1sum");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), s_body);
        Assert.True(answer.Body.StartsWith(Convert.ToHexStringLower(SHA1.HashData(s_body)), StringComparison.Ordinal), answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task Sixty_four_mebibytes_are_answered_intact(RunModeUnderTest mode)
    {
        string data = Folder.PathTo("data");
        await File.WriteAllBytesAsync(data, s_body, TestContext.Current.CancellationToken);
        string script = Folder.Shell($"printf 'Content-Type: application/octet-stream\\n\\n'; exec cat {data}");
        await using Conversation conversation = new Invocation(mode, script).Connect();
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { BrokeOff: false, ExitCode: 0 } && answer.Reply.BodyBytes.AsSpan().SequenceEqual(s_body), answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task Sixty_four_mebibytes_are_answered_intact_where_nothing_moves_inside_the_kernel(RunModeUnderTest mode)
    {
        string data = Folder.PathTo("data");
        await File.WriteAllBytesAsync(data, s_body, TestContext.Current.CancellationToken);
        string script = Folder.Shell($"printf 'Content-Type: application/octet-stream\\n\\n'; exec cat {data}");
        var invocation = new Invocation(mode, script) { Adjust = launch => launch with { Environment = ["PATH=/usr/bin:/bin"u8.ToArray(), "SHIMS_NO_SPLICE=1"u8.ToArray()] } };
        await using Conversation conversation = invocation.Connect();
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { BrokeOff: false, ExitCode: 0 } && answer.Reply.BodyBytes.AsSpan().SequenceEqual(s_body), answer.ToString());
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi)]
    public async Task An_echo_of_sixty_four_mebibytes_neither_deadlocks_nor_fills_the_memory(RunModeUnderTest mode)
    {
        string script = Folder.EchoScript();
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Response answer = await program.AskAsync(RequestVariables.For("POST", script), s_body);
        Assert.True(!answer.BrokeOff && answer.Reply.BodyBytes.AsSpan().SequenceEqual(s_body), answer.ToString());
        // The kernel's own high-water mark, of a program that has done nothing else.
        Assert.InRange(program.Program.PeakMemory, 1, MemoryLimit);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_response_of_sixty_four_mebibytes_that_the_peer_does_not_read_does_not_fill_the_memory(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"{witness.Appear}; printf 'Content-Type: text/plain\\n\\n'; head -c {Size} /dev/zero; echo done >&9");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        // The script waits for the shim, which waits for us: it says "done" only once the answer is being read.
        Task<string> done = witness.LineAsync();
        await conversation.Connection.ReceiveAsync(4096, Patience.Limit);
        Assert.False(done.IsCompleted);
        Response rest = mode.SpeaksFastCgi() ? new Response([], false) : await conversation.FinishAsync();
        if (mode.SpeaksFastCgi())
            await conversation.Connection.ReceiveToEndAsync();
        await done;
        Assert.False(rest.BrokeOff);
        Assert.InRange(program.Program.PeakMemory, 1, MemoryLimit);
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_answers_before_it_reads_gets_the_whole_body_all_the_same(RunModeUnderTest mode)
    {
        // git http-backend does this; web servers stop sending once the answer has begun, so it must not begin too early.
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\n'; wc -c");
        byte[] body = new byte[5 << 20];
        await using Conversation conversation = new Invocation(mode, script).Connect();
        byte[] request = mode.Encode(RequestVariables.For("POST", script), body);
        await conversation.Connection.SendAsync(request.AsMemory(0, request.Length - 100));
        Assert.True(conversation.Connection.Socket.Available == 0, "the answer began before the request had ended");
        await conversation.Connection.SendAsync(request.AsMemory(request.Length - 100));
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body.Trim() == "5242880", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task An_early_response_to_an_unread_body_is_kept(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Status: 413 Too Large\\nContent-Type: text/plain\\n\\nno'");
        foreach (bool tcp in (bool[])[false, true])
        {
            Response answer = await new Invocation(mode, script) { Tcp = tcp }.AskAsync(RequestVariables.For("POST", script), s_body.AsMemory(0, 20 << 20));
            Assert.True(answer is { Status: 413, Body: "no", BrokeOff: false, ExitCode: 0 }, answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.Relaying), MemberType = typeof(RunModes))]
    public async Task A_script_that_closes_its_input_and_goes_on_can_still_answer(RunModeUnderTest mode)
    {
        string script = Folder.Shell("exec </dev/null; printf 'Content-Type: text/plain\\n\\nno thanks'");
        Response answer = await new Invocation(mode, script).AskAsync(RequestVariables.For("POST", script), s_body.AsMemory(0, 3 << 20));
        Assert.True(answer is { Body: "no thanks", BrokeOff: false, ExitCode: 0, Log: "" }, answer.ToString());
    }

    private static byte[] MakeBody()
    {
        byte[] body = new byte[Size];
        new Random(20240229).NextBytes(body);
        return body;
    }
}
