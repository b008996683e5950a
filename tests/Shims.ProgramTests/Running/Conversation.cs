using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>One connection between a test, which is the web server, and one of our programs.</summary>
/// <param name="mode">Decides the protocol.</param>
/// <param name="connection">The web server's end.</param>
/// <param name="program">The program, if it serves this connection only and ends with it.</param>
internal sealed class Conversation(RunModeUnderTest mode, Connection connection, LaunchedProgram? program) : IAsyncDisposable
{
    public Connection Connection { get; } = connection;

    /// <summary>The connection as FastCGI records.</summary>
    public FastCgiClient FastCgi { get; } = new(connection);

    public LaunchedProgram Program => program ?? throw new InvalidOperationException("the program serves other connections too");

    /// <summary>Sends a request while it already receives the answer, as a web server does, and waits for the end of both.</summary>
    public async Task<Response> ExchangeAsync(RequestVariables variables, ReadOnlyMemory<byte> body = default)
    {
        Task sending = SendAsync(variables, body);
        Response answer = await FinishAsync();
        // A script may answer without reading everything; then sending fails, and that is its right.
        await sending.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        return answer;
    }

    /// <summary>Sends one whole request.</summary>
    public async Task SendAsync(RequestVariables variables, ReadOnlyMemory<byte> body = default)
    {
        if (mode.SpeaksFastCgi())
        {
            await FastCgi.SendAsync(
            [
                FastCgiClient.Begin(),
                .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(variables.ForFastCgi(body.Length))),
            ]);
            // Record by record, because a large body is better not all there a second time.
            await FastCgi.SendAsync(FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, body));
        }
        else
        {
            await Connection.SendAsync(mode.SpeaksUwsgi() ? UwsgiClient.Encode(variables.ForFastCgi(body.Length)) : ScgiClient.Encode(variables.ForScgi(body.Length)));
            await Connection.SendAsync(body);
        }
    }

    /// <summary>Sends bytes to a program that may have had enough already.</summary>
    public async Task TrySendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await Connection.SendAsync(bytes);
        }
        catch (SocketException gone) when (gone.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            // It answers what it has seen; that is what the test looks at.
        }
    }

    /// <summary>Reads the answer to its end, and the connection and the program to theirs.</summary>
    public async Task<Response> FinishAsync()
    {
        Response answer = mode.SpeaksFastCgi() ? await ReceiveRecordsAsync() : await ReceiveBytesAsync();
        if (program is null)
            return answer;
        // As a web server does once it has the answer; a program may wait for that after an error.
        HangUp();
        LaunchResult result = await program.WaitAsync(Patience.Limit);
        return answer with { Log = result.ErrorText, ExitCode = result.ExitCode };
    }

    /// <summary>The same for an answer that need not be in the protocol of this way.</summary>
    public async Task<(Received Received, LaunchResult Result)> FinishRawAsync()
    {
        Received received = await Connection.ReceiveToEndAsync();
        HangUp();
        return (received, await Program.WaitAsync(Patience.Limit));
    }

    /// <summary>Leaves without waiting for anything, as a browser does.</summary>
    public void HangUp() => Connection.Dispose();

    public async ValueTask DisposeAsync()
    {
        Connection.Dispose();
        if (program is not null)
            await program.DisposeAsync();
    }

    private async Task<Response> ReceiveBytesAsync()
    {
        Received received = await Connection.ReceiveToEndAsync();
        return new Response(mode.SpeaksUwsgi() ? UwsgiClient.ToCgi(received.Bytes) : received.Bytes, received.WasReset);
    }

    private async Task<Response> ReceiveRecordsAsync()
    {
        FastCgiReply reply = await FastCgi.ReceiveReplyAsync(limit: Patience.Limit);
        bool wasReset = reply.WasReset;
        // After END_REQUEST the program closes; how it does that belongs to the answer.
        if (reply.IsComplete)
            wasReset = (await Connection.ReceiveToEndAsync()).WasReset;
        return new Response(reply.Output, wasReset) { Records = reply };
    }
}
