using System.Net.Sockets;
using Shims.Testing;

namespace Shims.ProgramTests;

/// <summary>A process in wait mode ends when a new version of its program has been installed, so that its super-server starts that one.</summary>
public sealed class ProgramChangeTests : ProgramTest
{
    [Theory, MemberData(nameof(Ways.EachProgram), MemberType = typeof(Ways))]
    public async Task After_an_update_the_next_request_is_for_the_next_process_and_none_is_lost(Way way)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved by %s' $PPID");
        byte[] program = File.ReadAllBytes(way.Program());
        string installed = Folder.Script(way.ProgramName(), program);
        Launch launch = new Invocation(way, script).Launch with { Program = installed };
        string address = Folder.PathTo("socket");
        using Socket listener = Address.Listen(address);

        await using LaunchedProgram old = Invocation.Start(launch with { Input = listener.SafeHandle, Output = listener.SafeHandle });
        using var silent = await Connection.OpenAsync(address);
        Task<Received> closed = silent.ReceiveToEndAsync(Patience.Limit);
        async Task<Answer> AskAsync(string query = "")
        {
            await using var conversation = new Conversation(way, await Connection.OpenAsync(address), null);
            return await conversation.ExchangeAsync(RequestVariables.For("GET", script, query: query));
        }
        Assert.Equal($"served by {old.ProcessId}", (await AskAsync()).Body);
        Task<Answer> inFlight = AskAsync("wait");
        await witness.LineAsync();

        // As install(1) and packages do it.
        File.Move(Folder.Script(way.ProgramName() + ".new", program), installed, overwrite: true);
        // It looks once in a second; until then it still takes requests. The one that makes it look waits for whoever comes.
        Task<Answer> waiting = AskAsync();
        await Patience.UntilAsync(() =>
        {
            if (waiting.IsCompleted) waiting = AskAsync();
            return closed.IsCompleted;
        }, "the old process to close connections without a request");
        Assert.False(inFlight.IsCompleted);
        await gate.OpenAsync();
        Assert.Equal($"served by {old.ProcessId}", (await inFlight).Body);
        LaunchResult end = await old.WaitAsync(Patience.Limit);
        Assert.Equal((0, 0, ""), (end.ExitCode, end.Signal, end.ErrorText));

        await using LaunchedProgram next = Invocation.Start(launch with { Input = listener.SafeHandle, Output = listener.SafeHandle });
        Assert.Equal($"served by {next.ProcessId}", (await waiting.Patiently()).Body);
    }

    [Theory, MemberData(nameof(Ways.EachProgram), MemberType = typeof(Ways))]
    public async Task A_program_that_is_removed_goes_on_as_nothing_could_replace_it(Way way)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        string installed = Folder.Script(way.ProgramName(), File.ReadAllBytes(way.Program()));
        await using ListeningProgram program = new Invocation(way, script) { Adjust = launch => launch with { Program = installed } }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        File.Delete(installed);
        // Past the second between two looks.
        long start = Environment.TickCount64;
        do Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        while (Environment.TickCount64 - start < 1500);
        Assert.True(program.Program.IsRunning);
    }
}
