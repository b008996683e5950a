namespace Shims.ProgramTests;

/// <summary>A client that takes a long response slowly gets each byte of it.</summary>
public sealed class SlowReaderTests : ProgramTest
{
    /// <summary>A multiple of eight: the last record then takes all that is left in the script's pipe.</summary>
    private const int Length = 300_000;

    [Theory, MemberData(nameof(RunModes.Staying), MemberType = typeof(RunModes))]
    public async Task A_response_that_is_taken_slowly_has_the_bytes_that_the_script_wrote_and_leaves_no_line_in_the_log(RunModeUnderTest mode)
    {
        byte[] body = new byte[Length];
        new Random(1).NextBytes(body);
        string script = Folder.Shell($"printf 'Content-Type: application/octet-stream\\nContent-Length: {Length}\\n\\n'; cat '{Folder.PathTo("body")}'");
        File.WriteAllBytes(Folder.PathTo("body"), body);
        var invocation = new Invocation(mode, script);
        int seed = 0;
        await Load.RunAsync(TestExtent.Of(80, 800), atATime: 4, async () =>
        {
            int run = Interlocked.Increment(ref seed);
            await using Conversation conversation = invocation.Connect();
            await conversation.SendAsync(RequestVariables.For("GET", script));
            byte[] received = await TakeSlowlyAsync(conversation.Connection, new Random(run));
            byte[] output = mode.SpeaksFastCgi() ? OutputOf(received) : received;
            Assert.True(output.AsSpan().EndsWith(body), $"run {run}: {output.Length} bytes, which are not those of the script");
            LaunchResult result = await conversation.Program.WaitAsync();
            Assert.True(result is { ExitCode: 0, ErrorText: "" }, $"run {run}: exit {result.ExitCode}: {result.ErrorText}");
            return run;
        });
    }

    private static async Task<byte[]> TakeSlowlyAsync(Connection connection, Random random)
    {
        var received = new MemoryStream();
        byte[] room = new byte[65536];
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (await connection.Socket.ReceiveAsync(room.AsMemory(0, random.Next(100, room.Length)), patience.Token) is > 0 and int count)
        {
            received.Write(room, 0, count);
            if (random.Next(2) == 0)
                await Task.Delay(random.Next(20));
        }
        return received.ToArray();
    }

    /// <summary>The output that the records carry, as far as they are whole.</summary>
    private static byte[] OutputOf(byte[] received)
    {
        var records = new List<FastCgiRecord>();
        for (int start = 0; FastCgiRecord.Read(received.AsSpan(start), out int size) is { } record; start += size)
            records.Add(record);
        return new FastCgiReply { Records = records, RequestId = 1, WasReset = false }.Output;
    }
}
