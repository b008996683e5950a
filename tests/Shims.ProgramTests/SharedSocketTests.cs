using System.Collections.Concurrent;
using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>Several processes on one listening socket, one after the other as inetd starts them or side by side as spawn-fcgi -F does: every connection is served.</summary>
public sealed class SharedSocketTests : ProgramTest
{
    private const int Continue = 18, Stop = 19;

    private string ServingScript => Folder.Shell("printf 'Content-Type: text/plain\\n\\n%s' $PPID");

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Any_process_that_is_free_takes_the_connection(RunModeUnderTest mode)
    {
        string script = ServingScript, address = Folder.PathTo("socket");
        using Socket listener = Address.Listen(address);
        LaunchedProgram[] programs = [.. Enumerable.Range(0, 3).Select(_ => Start(mode, script, listener))];
        try
        {
            for (int i = 0; i < 9; i++)
            {
                LaunchedProgram able = programs[i % 3];
                LaunchedProgram[] others = [.. programs.Where(program => program != able)];
                foreach (LaunchedProgram other in others)
                    await StopAsync(other);
                Assert.Equal($"{able.ProcessId}", await AskAsync(mode, script, address));
                foreach (LaunchedProgram other in others)
                    other.Signal(Continue);
            }
        }
        finally
        {
            foreach (LaunchedProgram program in programs)
                await program.DisposeAsync();
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Under_load_every_process_gets_its_share(RunModeUnderTest mode)
    {
        string script = ServingScript, address = Folder.PathTo("socket");
        using Socket listener = Address.Listen(address);
        LaunchedProgram[] programs = [.. Enumerable.Range(0, 3).Select(_ => Start(mode, script, listener))];
        try
        {
            var served = new ConcurrentDictionary<string, int>();
            async Task AskOnAsync()
            {
                do
                    served.AddOrUpdate(await AskAsync(mode, script, address), 1, static (_, count) => count + 1);
                while (served.Count < programs.Length || served.Values.Sum() < 200);
            }
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => AskOnAsync())).Patiently();
            Assert.Equal(programs.Select(program => $"{program.ProcessId}").Order(), served.Keys.Order());
        }
        finally
        {
            foreach (LaunchedProgram program in programs)
                await program.DisposeAsync();
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_connection_that_comes_just_as_a_process_ends_for_want_of_work_is_served(RunModeUnderTest mode)
    {
        string script = ServingScript, address = Folder.PathTo("socket");
        using Socket listener = Address.Listen(address);
        // Long enough that it is stopped before its time is up, also on a busy machine.
        await using LaunchedProgram idle = Start(mode, script, listener, "--idle", "3");
        Assert.Equal($"{idle.ProcessId}", await AskAsync(mode, script, address));
        // Stopped until it has been idle for long enough, it sees the connection and the end of its time together.
        await StopAsync(idle);
        long start = Environment.TickCount64;
        await Patience.UntilAsync(() => Environment.TickCount64 - start > 3200, "the time to be up");
        Task<string> answer = AskAsync(mode, script, address);
        idle.Signal(Continue);
        LaunchResult end = await idle.WaitAsync(Patience.Limit);
        Assert.Equal((0, ""), (end.ExitCode, end.ErrorText));

        // As inetd does when the process has ended and somebody has connected.
        await using LaunchedProgram next = Start(mode, script, listener, "--idle", "1");
        Assert.Contains(await answer, (string[])[$"{idle.ProcessId}", $"{next.ProcessId}"]);
    }

    private static LaunchedProgram Start(RunModeUnderTest mode, string script, Socket listener, params string[] options) =>
        Invocation.Start(new Invocation(mode, script) { Options = options }.Launch with { Input = listener.SafeHandle, Output = listener.SafeHandle });

    private static async Task<string> AskAsync(RunModeUnderTest mode, string script, string address)
    {
        await using var conversation = new Conversation(mode, await Connection.OpenAsync(address), null);
        Response answer = await conversation.ExchangeAsync(RequestVariables.For("GET", script));
        Assert.False(answer.BrokeOff, answer.ToString());
        return answer.Body;
    }

    private static async Task StopAsync(LaunchedProgram program)
    {
        program.Signal(Stop);
        await Patience.UntilAsync(() => Directory.GetDirectories($"/proc/{program.ProcessId}/task").All(task => File.ReadAllText(task + "/stat").Split(") ")[1][0] == 'T'), "the program to stop");
    }
}
