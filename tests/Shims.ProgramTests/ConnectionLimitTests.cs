namespace Shims.ProgramTests;

/// <summary>What one connection, or too many of them, can cost.</summary>
public sealed class ConnectionLimitTests : ProgramTest
{
    private const int Overloaded = 2;
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    [Fact]
    [Trait("fault", "L5")]
    public async Task The_parameters_of_all_requests_of_a_connection_are_bounded_together()
    {
        const int requests = 256, size = 200_000, largestTogether = 1 << 20;
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        RequestVariables variables = RequestVariables.For("GET", script).With("HTTP_X_LARGE", new string('x', size));
        byte[] parameters = FastCgiClient.EncodePairs(variables);
        Task sending = Task.Run(async () =>
        {
            for (int id = 1; id <= requests; id++)
                await conversation.FastCgi.SendAsync([FastCgiClient.Begin(id, keepConnection: true), .. FastCgiClient.Stream(FastCgiRecordType.Params, id, parameters, ended: false)]);
            // A request that is refused is answered when all of it has come.
            for (int id = 1; id <= requests; id++)
                await conversation.FastCgi.SendAsync([new FastCgiRecord(FastCgiRecordType.Params, id, []), new FastCgiRecord(FastCgiRecordType.Stdin, id, [])]);
        });
        int ended = 0, refused = 0;
        while (ended < requests)
        {
            FastCgiRecord record = (await conversation.FastCgi.ReceiveAsync(Patience.Limit))!;
            if (record.Type != FastCgiRecordType.EndRequest)
                continue;
            ended++;
            refused += record.Content[4] == Overloaded ? 1 : 0;
        }
        await sending.Patiently();
        Assert.Equal(requests - largestTogether / size, refused);
        Assert.InRange(program.Program.PeakMemory, 1, 20 << 20);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    [Trait("fault", "L11")]
    public async Task The_lack_of_descriptors_is_logged_once_and_not_over_and_over(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script)
        {
            Options = ["--header-timeout", "1"],
            Adjust = static launch => launch with { Program = "/bin/sh", Arguments = ["-c", "ulimit -n 24; exec \"$0\" \"$@\"", launch.Program, .. launch.Arguments] },
        }.Listen();
        var silent = new List<Conversation>();
        try
        {
            for (int i = 0; i < 60; i++)
                silent.Add(await program.ConnectAsync());
            await program.WaitForLogAsync("too many open files");
            // All of them are taken and closed in the end, a few at a time.
            foreach (Conversation conversation in silent)
                await conversation.Connection.ReceiveToEndAsync();
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
            Assert.Single(program.Program.ErrorSoFar.Split('\n'), line => line.Contains("too many open files", StringComparison.Ordinal));
        }
        finally
        {
            foreach (Conversation conversation in silent)
                await conversation.DisposeAsync();
        }
    }

    [Fact]
    [Trait("fault", "L12")]
    public async Task Each_management_record_is_answered_however_many_come_at_a_time()
    {
        const int count = 30_000;
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, Folder.Shell(Serve)).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        byte[] unknown = new FastCgiRecord((FastCgiRecordType)99, 0, []).ToBytes();
        byte[] all = [.. Enumerable.Repeat(unknown, count).SelectMany(record => record)];
        Task sending = conversation.Connection.SendAsync(all);
        await Patience.UntilAsync(() => conversation.Connection.Socket.Available > 50_000, "answers that fill the connection");
        for (int i = 0; i < count; i++)
            Assert.Equal(11, (int)(await conversation.FastCgi.ReceiveAsync(Patience.Limit))!.Type);
        await sending.Patiently();
    }
}
