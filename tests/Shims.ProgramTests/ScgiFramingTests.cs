using System.Text;

namespace Shims.ProgramTests;

/// <summary>What is on the connection before the body: the netstring, whole, in pieces, cut short and forged.</summary>
public sealed class ScgiFramingTests : ProgramTest
{
    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Relay)]
    public async Task A_header_cut_short_anywhere_gets_a_400_and_runs_nothing(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        var invocation = new Invocation(mode, script);
        byte[] whole = ScgiClient.Encode(new RequestVariables { { "REQUEST_METHOD", "GET" }, { "HTTP_COOKIE", "hunter2" } }, []);
        await Parallel.ForEachAsync(Enumerable.Range(1, whole.Length - 1), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (length, _) =>
        {
            Response answer = await invocation.AskAsync(whole.AsMemory(0, length));
            Assert.True(answer.Status == 400, $"cut after {length}: {answer}");
            Assert.True(answer.ExitCode == 76, $"cut after {length}: {answer}");
            Assert.Single(answer.LogLines);
            Assert.DoesNotContain("hunter2", answer.Log, StringComparison.Ordinal);
        });
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes))]
    public async Task A_header_may_come_one_byte_at_a_time(RunModeUnderTest mode)
    {
        await using Conversation conversation = new Invocation(mode, Folder.EchoScript()).Connect();
        byte[] request = ScgiClient.Encode(RequestVariables.For("POST", "/echo"), "body"u8);
        await conversation.Connection.SendInPiecesAsync(request, 1);
        Response answer = await conversation.FinishAsync();
        Assert.True(answer.Body == "body", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes))]
    public async Task The_first_byte_of_the_body_is_never_swallowed(RunModeUnderTest mode)
    {
        var invocation = new Invocation(mode, Folder.EchoScript());
        for (int length = 1; length <= 20; length++)
        {
            byte[] body = Encoding.ASCII.GetBytes("ABCDEFGHIJKLMNOPQRST"[..length]);
            Response together = await invocation.AskAsync(ScgiClient.Encode(RequestVariables.For("POST", "/echo"), body));
            Assert.True(together.Body == Encoding.ASCII.GetString(body), together.ToString());

            await using Conversation conversation = invocation.Connect();
            await conversation.Connection.SendAsync(ScgiClient.Encode(RequestVariables.For("POST", "/echo").ForScgi(length)));
            await conversation.Connection.WaitUntilReadAsync();
            await conversation.Connection.SendAsync(body);
            Response apart = await conversation.FinishAsync();
            Assert.True(apart.Body == Encoding.ASCII.GetString(body), apart.ToString());
        }
    }

    [Theory]
    [InlineData(":")]
    [InlineData("0:,")]
    [InlineData("00:,")]
    [InlineData("x:")]
    [InlineData("-5:")]
    [InlineData("+5:")]
    [InlineData(" 5:")]
    [InlineData("5 :")]
    [InlineData("024:CONTENT_LENGTH\00\0SCGI\01\0,")]
    [InlineData("24;CONTENT_LENGTH\00\0SCGI\01\0,")]
    [InlineData("24:CONTENT_LENGTH\00\0SCGI\01\0;")]
    [InlineData("23:CONTENT_LENGTH\00\0SCGI\01\0,")]
    [InlineData("23:CONTENT_LENGTH\00\0SCGI\01,")]
    [InlineData("26:CONTENT_LENGTH\00\0SCGI\01\0\0\0,")]
    [InlineData("25:CONTENT_LENGTH\00\0SCGI\01\0X,")]
    [InlineData("28:CONTENT_LENGTH\00\0SCGI\01\0A=B\0,")]
    [InlineData("30:CONTENT_LENGTH\00\0SCGI\01\0A=B\0c\0,")]
    [InlineData("27:CONTENT_LENGTH\00\0SCGI\01\0\0x\0,")]
    [InlineData("999999999999999999999999999999:")]
    [InlineData("4294967320:CONTENT_LENGTH\00\0SCGI\01\0,")]
    [InlineData("18446744073709551640:CONTENT_LENGTH\00\0SCGI\01\0,")]
    public async Task A_forged_header_gets_a_400_and_runs_nothing(string header)
    {
        string script = Folder.MarkingScript();
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.Ordinary, RunModeUnderTest.Relay])
        {
            Response answer = await new Invocation(mode, script).AskAsync(Encoding.Latin1.GetBytes(header));
            Assert.True(answer is { Status: 400, LogLines.Count: 1 }, answer.ToString());
            // A name with = in it is refused by the environment's rules, not by the protocol's.
            Assert.True(answer.ExitCode == 76 || header.Contains("A=B\0c\0", StringComparison.Ordinal), answer.ToString());
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Relay)]
    public async Task A_header_longer_than_allowed_is_refused_by_its_length_alone(RunModeUnderTest mode)
    {
        await using Conversation conversation = new Invocation(mode, Folder.MarkingScript()).Connect();
        // The connection stays open and the rest never comes: a program that waited for it would wait for ever.
        await conversation.Connection.SendAsync("262145:CONTENT_LENGTH\00"u8.ToArray());
        Response answer = await conversation.FinishAsync();
        Assert.True(answer is { Status: 400 or 413, ExitCode: 76, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("--max-header", answer.Log, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Ordinary), InlineData(RunModeUnderTest.Relay)]
    public async Task A_header_of_exactly_the_allowed_length_is_served(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        RequestVariables variables = new RequestVariables { { "REQUEST_METHOD", "GET" } }.ForScgi(0);
        // Under 128 KiB each, which is as long as Linux lets one variable be.
        variables.Add("HTTP_A", new string('a', 100_000));
        variables.Add("HTTP_B", new string('b', 100_000));
        int length = variables.Sum(pair => pair.Name.Length + pair.Value.Length + 2);
        variables.Add("HTTP_C", new string('c', 262_144 - length - 8));
        Response answer = await new Invocation(mode, script).AskAsync(ScgiClient.Encode(variables));
        Assert.True(answer.Body == "served", answer.ToString());
    }

    [Fact]
    public async Task The_length_of_a_header_can_be_limited()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        RequestVariables variables = new RequestVariables { { "REQUEST_METHOD", "GET" } }.ForScgi(0);
        int length = variables.Sum(pair => pair.Name.Length + pair.Value.Length + 2);
        var invocation = new Invocation(RunModeUnderTest.Plain, script) { Options = ["--max-header", "1K"] };

        byte[] HeaderOf(int whole) => ScgiClient.Encode(variables.With("HTTP_C", new string('c', whole - length - 8)));

        Response within = await invocation.AskAsync(HeaderOf(1024));
        Assert.True(within.Body == "served", within.ToString());
        Response beyond = await invocation.AskAsync(HeaderOf(1025));
        Assert.True(beyond is { Status: 400 or 413, ExitCode: 76 }, beyond.ToString());
    }

    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes))]
    public async Task The_marker_of_the_protocol_may_stand_anywhere_or_nowhere(RunModeUnderTest mode)
    {
        var invocation = new Invocation(mode, Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'"));
        foreach (string header in (string[])["CONTENT_LENGTH\00\0SCGI\01\0REQUEST_METHOD\0GET\0", "CONTENT_LENGTH\00\0REQUEST_METHOD\0GET\0SCGI\01\0", "CONTENT_LENGTH\00\0REQUEST_METHOD\0GET\0"])
        {
            Response answer = await invocation.AskAsync(Encoding.Latin1.GetBytes($"{header.Length}:{header},"));
            Assert.True(answer.Body == "served", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_connection_that_closes_before_its_first_byte_is_a_health_check_and_is_silent(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        Response answer = await new Invocation(mode, script).AskAsync(ReadOnlyMemory<byte>.Empty);
        Assert.True(answer is { Bytes.Length: 0, ExitCode: 0, Log: "", BrokeOff: false }, answer.ToString());

        await using Conversation conversation = new Invocation(mode, script) { Tcp = true }.Connect();
        conversation.HangUp();
        LaunchResult result = await conversation.Program.WaitAsync(Patience.Limit);
        Assert.Equal(("", 0), (result.ErrorText, result.ExitCode));
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_web_server_that_says_nothing_is_not_waited_for_for_ever(RunModeUnderTest mode)
    {
        await using Conversation silent = new Invocation(mode, Folder.MarkingScript()) { Options = ["--header-timeout", "1"] }.Connect();
        await using Conversation stuck = new Invocation(mode, Folder.MarkingScript()) { Options = ["--header-timeout", "1"] }.Connect();
        await stuck.Connection.SendAsync(mode.Beginning()[..4]);
        await using Conversation slow = new Invocation(mode, Folder.MarkingScript()) { Options = ["--header-timeout", "1"] }.Connect();
        await slow.Connection.SendAsync(mode.SpeaksFastCgi() ? (byte[])[.. FastCgiClient.Begin().ToBytes(), 1, 4, 0, 1, 0, 50, 0, 0, 65] : mode.Beginning()[..3]);
        Assert.True((await silent.FinishRawAsync()).Result.ExitCode is 76 or 0);
        foreach (Conversation unfinished in (Conversation[])[stuck, slow])
        {
            LaunchResult result = (await unfinished.FinishRawAsync()).Result;
            Assert.True(result.ExitCode == 76, result.ErrorText);
            Assert.Contains("within 1 s", Assert.Single(result.ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        }
        Assert.False(Folder.HasRun);
    }
}
