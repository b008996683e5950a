using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>--listen unix:PATH where something is at the path already: only the socket of a process that has died gives way.</summary>
public sealed class SocketFileTests : ProgramTest
{
    private const int Kill = 9;

    private Invocation Serving => new(RunModeUnderTest.FastCgi, Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'"));

    private string SocketPath => Folder.PathTo("own.sock");

    [Fact]
    public async Task The_socket_of_a_process_that_was_killed_gives_way()
    {
        await LeaveSocketAsync();
        await using OwnListener next = await OwnListener.ListenAsync(Serving, SocketPath);
        Assert.Equal("served", await AskAsync(next));
    }

    [Fact]
    public async Task A_socket_at_which_a_process_listens_stays_its_own()
    {
        await using OwnListener first = await OwnListener.ListenAsync(Serving, SocketPath);
        await ExpectRefusalAsync("another process listens at --listen unix:" + SocketPath);
        Assert.Equal("served", await AskAsync(first));
        Assert.Equal(0, (await first.EndAsync()).ExitCode);
        Assert.False(Path.Exists(SocketPath));
    }

    [Fact]
    public async Task A_socket_whose_queue_is_full_stays_its_own()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(0);
        var waiting = new List<Socket>();
        try
        {
            while (true)
            {
                var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
                waiting.Add(client);
                client.Connect(new UnixDomainSocketEndPoint(SocketPath));
            }
        }
        catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock)
        {
            await ExpectRefusalAsync("another process listens at --listen unix:" + SocketPath);
        }
        finally
        {
            waiting.ForEach(client => client.Dispose());
        }
        Assert.True(Path.Exists(SocketPath));
    }

    [Theory, InlineData("file"), InlineData("folder"), InlineData("pipe"), InlineData("link to a socket"), InlineData("link to nothing")]
    public async Task A_file_that_is_not_a_socket_stays(string kind)
    {
        switch (kind)
        {
            case "file":
                Folder.Write("own.sock", "precious");
                break;
            case "folder":
                Folder.MakeFolder("own.sock");
                break;
            case "pipe":
                await Command.RunAsync("mkfifo", [SocketPath]);
                break;
            case "link to a socket":
                await LeaveSocketAsync();
                File.Move(SocketPath, Folder.PathTo("elsewhere"));
                File.CreateSymbolicLink(SocketPath, Folder.PathTo("elsewhere"));
                break;
            default:
                File.CreateSymbolicLink(SocketPath, Folder.PathTo("nothing"));
                break;
        }
        await ExpectRefusalAsync("that is not a socket");
        Assert.True(new FileInfo(SocketPath) is { Exists: true } or { LinkTarget: not null } || Directory.Exists(SocketPath));
        if (kind == "file")
            Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath, TestContext.Current.CancellationToken));
        if (kind == "link to a socket")
            Assert.True(Path.Exists(Folder.PathTo("elsewhere")));
        if (kind == "link to nothing")
            Assert.False(Path.Exists(Folder.PathTo("nothing")));
    }

    [Fact]
    public async Task Another_users_socket_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root");
        await LeaveSocketAsync();
        await Command.RunAsync("chown", ["nobody", SocketPath]);
        await ExpectRefusalAsync("belongs to another user");
        Assert.True(Path.Exists(SocketPath));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_named_with_the_command_that_makes_it()
    {
        string folder = Folder.PathTo("none");
        await using OwnListener program = OwnListener.Start(Serving, folder + "/own.sock");
        LaunchResult end = await program.Program.WaitAsync();
        Assert.Equal(71, end.ExitCode);
        Assert.Contains($"install -d -m 700 {folder}", end.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_that_start_at_the_socket_of_a_dead_process_one_gets_it_and_is_not_robbed()
    {
        for (int round = 0; round < TestExtent.Of(5, 50); round++)
        {
            await LeaveSocketAsync();
            OwnListener[] programs = [.. Enumerable.Range(0, 6).Select(_ => OwnListener.Start(Serving, SocketPath))];
            try
            {
                Task<LaunchResult>[] ends = [.. programs.Select(program => program.Program.WaitAsync())];
                await Patience.UntilAsync(() => ends.Count(end => end.IsCompleted) >= 5, "all but one to be refused");
                Assert.Equal(5, ends.Count(end => end.IsCompleted));
                foreach (Task<LaunchResult> end in ends.Where(end => end.IsCompleted))
                    Assert.Equal(71, (await end).ExitCode);
                OwnListener one = programs.Single(program => program.Program.IsRunning);
                Assert.Equal("served", await AskAsync(one));
                Assert.Equal(0, (await one.EndAsync()).ExitCode);
                Assert.False(Path.Exists(SocketPath));
            }
            finally
            {
                foreach (OwnListener program in programs)
                    await program.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task A_path_that_has_become_another_files_stays_when_the_process_ends()
    {
        await using OwnListener program = await OwnListener.ListenAsync(Serving, SocketPath);
        File.Delete(SocketPath);
        Folder.Write("own.sock", "precious");
        Assert.Equal(0, (await program.EndAsync()).ExitCode);
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath, TestContext.Current.CancellationToken));
    }

    private static async Task<string> AskAsync(OwnListener program)
    {
        await using Conversation conversation = await program.ConnectAsync();
        return (await conversation.ExchangeAsync(RequestVariables.For("GET", "/script.cgi"))).Body;
    }

    /// <summary>A process listens, and is killed.</summary>
    private async Task LeaveSocketAsync()
    {
        await using OwnListener first = await OwnListener.ListenAsync(Serving, SocketPath);
        first.Program.Signal(Kill);
        await first.Program.WaitForEndAsync(Patience.Limit);
        Assert.True(Path.Exists(SocketPath));
    }

    private async Task ExpectRefusalAsync(string reason)
    {
        await using OwnListener program = OwnListener.Start(Serving, SocketPath);
        LaunchResult end = await program.Program.WaitAsync();
        Assert.True(end.ExitCode == 71 && end.ErrorText.Contains(reason, StringComparison.Ordinal), $"{end.ExitCode}: {end.ErrorText}");
    }
}
