namespace Shims.AspNetTests;

/// <summary>An app that a web server starts as a CGI program.</summary>
public sealed class CgiTests
{
    [Fact]
    public async Task An_app_answers_a_CGI_request()
    {
        LaunchResult result = await Launcher.RunAsync(App.Launch("GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=GET", "REQUEST_URI=/hello/you", "SERVER_PROTOCOL=HTTP/1.1", "SERVER_NAME=localhost", "SERVER_PORT=80"), Patience.Limit);
        ScriptReply reply = ScriptReply.Parse(result.Output);
        Assert.Equal((200, "Hello you"), (reply.Status, reply.Body));
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task A_body_comes_on_standard_input()
    {
        using Pipe pipe = Pipe.Create();
        await using LaunchedProgram program = Launcher.Start(App.Launch("GATEWAY_INTERFACE=CGI/1.1", "REQUEST_METHOD=POST", "REQUEST_URI=/echo", "CONTENT_LENGTH=300000", "SERVER_PROTOCOL=HTTP/1.1", "SERVER_NAME=localhost") with { Input = pipe.Reader });
        pipe.Reader.Dispose();
        await using (var stream = new FileStream(pipe.Writer, FileAccess.Write, bufferSize: 0))
            await stream.WriteAsync(new byte[300_000]);
        LaunchResult result = await program.WaitAsync();
        Assert.Equal(300_000, ScriptReply.Parse(result.Output).BodyBytes.Length);
    }
}
