namespace Shims.ProgramTests;

/// <summary>Very many requests to one process: each is answered, and nothing is left over.</summary>
public sealed class EnduranceTests : ProgramTest
{
    private static readonly int s_requests = TestExtent.Of(500, 50_000);

    /// <summary>Bytes: the program's own file, and as much again.</summary>
    private const long MemoryLimit = 8 << 20;

    /// <summary>Bytes of pages that a process has written to: twice what an idle one has. Those of the program's file are the kernel's to take.</summary>
    private const long KeptLimit = 2 << 20;

    [Theory]
    [InlineData(RunModeUnderTest.Plain, false), InlineData(RunModeUnderTest.Plain, true)]
    [InlineData(RunModeUnderTest.FastCgi, false), InlineData(RunModeUnderTest.FastCgi, true)]
    public async Task Many_good_responses_bring_no_reset_and_leave_no_descriptor_no_zombie_and_no_garbage(RunModeUnderTest mode, bool tcp)
    {
        (string script, string reply) = QuickScript();
        await using ListeningProgram program = new Invocation(mode, script) { Tcp = tcp, Arguments = [reply] }.Listen();
        byte[] body = new byte[300];
        int good = 0;
        async Task AskAsync(int number)
        {
            bool hasBody = number % 4 == 0;
            Response answer = await program.AskAsync(RequestVariables.For(hasBody ? "POST" : "GET", script), hasBody ? body : default);
            Assert.True(answer is { Body: "good", BrokeOff: false }, $"{number}: {answer}");
            Interlocked.Increment(ref good);
        }

        await Parallel.ForAsync(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) => await AskAsync(number));
        int before = await program.SettledAsync();
        await Parallel.ForAsync(100, s_requests, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) => await AskAsync(number));
        Assert.Equal(s_requests, good);
        await program.ComesDownToAsync(before);
        Assert.InRange(program.Program.PeakMemory, 1, MemoryLimit);
        Assert.Equal("", program.Program.ErrorSoFar);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_resident_program_keeps_little_memory_for_itself(RunModeUnderTest mode)
    {
        (string script, string reply) = QuickScript();
        await using ListeningProgram program = new Invocation(mode, script) { Arguments = [reply] }.Listen();
        for (int i = 0; i < 10; i++)
            await program.AskAsync(RequestVariables.For("GET", script));
        Assert.InRange(program.Program.PrivateMemory, 1, KeptLimit);
    }

    [Fact]
    public async Task Many_requests_on_kept_connections_leave_no_descriptor_and_no_zombie()
    {
        (string script, string reply) = QuickScript();
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script) { Arguments = [reply] }.Listen();
        Conversation[] kept = [await program.ConnectAsync(), await program.ConnectAsync(), await program.ConnectAsync(), await program.ConnectAsync()];
        try
        {
            async Task AskAsync(int count) => await Task.WhenAll(kept.Select(async conversation =>
            {
                for (int i = 0; i < count / kept.Length; i++)
                {
                    FastCgiReply answer = await conversation.FastCgi.ExchangeAsync(RequestVariables.For("GET", script), requestId: 1 + i % 3, keepConnection: true, limit: Patience.Limit);
                    Assert.True(answer is { IsComplete: true, Reply.Body: "good" });
                }
            }));
            await AskAsync(100);
            int before = await program.SettledAsync();
            await AskAsync(s_requests);
            await program.ComesDownToAsync(before);
            Assert.Equal("", program.Program.ErrorSoFar);
        }
        finally
        {
            foreach (Conversation conversation in kept)
                await conversation.DisposeAsync();
        }
    }

    /// <summary>As quick as a program can be: cat, given a file with an answer in it.</summary>
    private (string Script, string Reply) QuickScript() =>
        (Folder.Script("script.cgi", File.ReadAllBytes("/bin/cat")), Folder.Write("reply", "Content-Type: text/plain\n\ngood"));
}
