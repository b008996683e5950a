using System.Text;

namespace Shims.ProgramTests;

/// <summary>A web server that was set up for another protocol: it gets an answer it understands, and the log says which line is wrong.</summary>
public sealed class WrongProtocolTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.Scgi), MemberType = typeof(RunModes))]
    public async Task A_FastCGI_request_to_scgi_run_is_answered_in_FastCGI(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        Response answer = await new Invocation(mode, script).AskAsync(FastCgiClient.Encode(RequestVariables.For("GET", script)));
        var records = new List<FastCgiRecord>();
        ReadOnlySpan<byte> rest = answer.Bytes;
        while (FastCgiRecord.Read(rest, out int size) is { } record)
        {
            records.Add(record);
            rest = rest[size..];
        }
        Assert.True(rest.IsEmpty, answer.ToString());
        var reply = new FastCgiReply { Records = records, RequestId = 1, WasReset = answer.BrokeOff };
        Assert.True(reply.IsComplete, answer.ToString());
        Assert.Equal(500, reply.Reply.Status);
        Assert.Equal(76, answer.ExitCode);
        Assert.Contains("this is a FastCGI request, but scgi-run speaks SCGI: use scgi_pass", Assert.Single(answer.LogLines), StringComparison.Ordinal);
        Assert.Contains("fcgi-run", answer.Log, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Fact]
    public async Task An_SCGI_request_to_fcgi_run_is_answered_in_SCGI()
    {
        string script = Folder.MarkingScript();
        // The answer is read as bytes, because it has no records.
        await using Conversation conversation = new Invocation(RunModeUnderTest.FastCgi, script).Connect();
        await conversation.Connection.SendAsync(ScgiClient.Encode(RequestVariables.For("GET", script), []));
        (Received received, LaunchResult result) = await conversation.FinishRawAsync();
        Assert.Equal(500, received.Reply.Status);
        Assert.Equal(76, result.ExitCode);
        Assert.Contains("this is an SCGI request, but fcgi-run speaks FastCGI: use fastcgi_pass", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains("scgi-run", result.ErrorText, StringComparison.Ordinal);
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task An_HTTP_request_is_recognised(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript();
        foreach (string request in (string[])["GET / HTTP/1.1\r\nHost: x\r\nCookie: hunter2\r\n\r\n", "POST /x HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "HEAD / HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n"])
        {
            await using Conversation conversation = new Invocation(mode, script).Connect();
            await conversation.TrySendAsync(Encoding.ASCII.GetBytes(request));
            (Received received, LaunchResult result) = await conversation.FinishRawAsync();
            Assert.Contains("HTTP", result.ErrorText, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", result.ErrorText, StringComparison.Ordinal);
            Assert.Equal(76, result.ExitCode);
            Assert.NotEmpty(received.Bytes);
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_miswired_server_does_not_disturb_the_others_in_wait_mode(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await using Conversation wrong = await program.ConnectAsync();
        await wrong.Connection.SendAsync(mode.SpeaksFastCgi() ? ScgiClient.Encode(RequestVariables.For("GET", script), []) : FastCgiClient.Encode(RequestVariables.For("GET", script)));
        await wrong.Connection.ReceiveToEndAsync();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        await program.WaitForLogAsync(mode.SpeaksFastCgi() ? "this is an SCGI request" : "this is a FastCGI request");
    }
}
