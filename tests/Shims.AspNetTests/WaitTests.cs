using System.Net.Sockets;

namespace Shims.AspNetTests;

/// <summary>A process on a listening socket, which serves until its life is over.</summary>
public sealed class WaitTests
{
    [Fact]
    public async Task One_process_answers_both_protocols_on_one_socket()
    {
        using var folder = new TemporaryFolder();
        await using LaunchedProgram program = App.StartWait(App.Launch(), folder.PathTo("s"));
        for (int i = 0; i < 3; i++)
        {
            foreach (Wire wire in new[] { Wire.Scgi, Wire.FastCgi })
                Assert.Equal($"{program.ProcessId}\n", (await new AppRequest(wire, "/pid").AskAsync(folder.PathTo("s"))).Body);
        }
        program.Signal(15);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task An_HTTP_request_gets_a_400_that_names_the_option()
    {
        using var folder = new TemporaryFolder();
        await using LaunchedProgram program = App.StartWait(App.Launch(), folder.PathTo("s"));
        using Connection connection = await Connection.OpenAsync(folder.PathTo("s"));
        await connection.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Received received = await connection.ReceiveToEndAsync();
        Assert.StartsWith("HTTP/1.0 400 ", System.Text.Encoding.Latin1.GetString(received.Bytes), StringComparison.Ordinal);
        await Patience.UntilAsync(() => program.ErrorSoFar.Contains("Shim:Protocol=http", StringComparison.Ordinal), "the log names the option");
    }

    [Fact]
    public async Task A_process_ends_when_nobody_has_needed_it_for_a_while()
    {
        using var folder = new TemporaryFolder();
        await using LaunchedProgram program = App.StartWait(App.Launch("Shim__IdleTimeout=1"), folder.PathTo("s"));
        Assert.Equal(200, (await new AppRequest(Wire.Scgi, "/pid").AskAsync(folder.PathTo("s"))).Status);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_process_ends_after_as_many_requests_as_it_may_answer()
    {
        using var folder = new TemporaryFolder();
        await using LaunchedProgram program = App.StartWait(App.Launch("Shim__MaxRequests=3"), folder.PathTo("s"));
        for (int i = 0; i < 3; i++)
            Assert.Equal(200, (await new AppRequest(Wire.Scgi, "/pid").AskAsync(folder.PathTo("s"))).Status);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task A_process_ends_at_its_age()
    {
        using var folder = new TemporaryFolder();
        await using LaunchedProgram program = App.StartWait(App.Launch("Shim__MaxAge=00:00:01"), folder.PathTo("s"));
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task Sockets_of_systemd_are_served()
    {
        using var folder = new TemporaryFolder();
        using Socket listener = App.Listen(folder.PathTo("s"));
        // LISTEN_PID is the program's own: a shell tells it, and becomes it.
        await using LaunchedProgram program = Launcher.Start(App.Launch("LISTEN_FDS=1") with
        {
            Program = "/bin/sh",
            Arguments = ["-c", "LISTEN_PID=$$ exec \"$0\"", App.Program],
            Further = [listener.SafeHandle],
        });
        Assert.Equal("Hello you", (await new AppRequest(Wire.FastCgi, "/hello/you").AskAsync(folder.PathTo("s"))).Body);
        program.Signal(15);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task No_request_is_lost_when_processes_end_under_load()
    {
        using var folder = new TemporaryFolder();
        using Socket listener = App.Listen(folder.PathTo("s"));
        using var over = new CancellationTokenSource();
        int processes = 0;
        // As a super-server does: a process for as long as there is something to serve.
        Task serving = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                await using LaunchedProgram program = Launcher.Start(App.Launch("Shim__MaxRequests=20") with { Input = listener.SafeHandle, Output = listener.SafeHandle });
                processes++;
                while (program.IsRunning && !over.IsCancellationRequested)
                    await Task.Delay(5, CancellationToken.None);
            }
        });
        for (int round = 0; round < 25; round++)
        {
            Response[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => new AppRequest(i % 2 == 0 ? Wire.Scgi : Wire.FastCgi, $"/hello/{i}").AskAsync(folder.PathTo("s"))));
            Assert.All(answers, static answer => Assert.Equal(200, answer.Status));
        }
        await over.CancelAsync();
        await serving;
        Assert.True(processes > 3, $"{processes} processes");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_process_ends_when_a_file_that_options_name_changes(bool isHttp)
    {
        using var folder = new TemporaryFolder();
        string watched = folder.Write("data.json", "1"), address = isHttp ? $"127.0.0.1:{FreePort.Next()}" : folder.PathTo("s");
        using Socket listener = App.Listen(address); // open when the process has ended, as a super-server keeps it
        await using LaunchedProgram program = Launcher.Start(App.Launch($"Shim__WatchedFiles__0={watched}", isHttp ? "SHIMS_PROTOCOL=http" : "SHIMS_IDLE=0") with { Input = listener.SafeHandle, Output = listener.SafeHandle });
        Assert.Equal(200, isHttp ? (await new Browser(new Uri("http://" + address).Port).GetAsync("/hello/you")).Status : (await new AppRequest(Wire.Scgi, "/hello/you").AskAsync(address)).Status);
        File.SetLastWriteTimeUtc(watched, DateTime.UnixEpoch);
        for (long start = Environment.TickCount64; program.IsRunning && Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds; await Task.Delay(100))
        {
            if (!isHttp)
                Knock(address);
        }
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task SIGHUP_ends_a_process_when_it_has_answered(bool isHttp)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks"), address = isHttp ? $"127.0.0.1:{FreePort.Next()}" : folder.PathTo("s");
        await using LaunchedProgram program = App.StartWait(App.Launch($"TEST_MARKS={marks}", $"TMPDIR={folder.Path}", isHttp ? "SHIMS_PROTOCOL=http" : "SHIMS_IDLE=0"), address);
        Task<string> asking = Task.Run(async () =>
            isHttp ? (await new Browser(new Uri("http://" + address).Port).GetAsync("/hold/gate")).Body : (await new AppRequest(Wire.Scgi, "/hold/gate").AskAsync(address)).Body);
        await Patience.UntilAsync(() => File.Exists(marks) && File.ReadAllLines(marks).Contains("held"), "the request is in flight");
        program.Signal(1);
        await Patience.UntilAsync(() => File.ReadAllLines(marks).Contains("stopping"), "the app is told to stop");
        folder.Write("gate", "");
        Assert.Equal("held", await asking);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task An_app_that_is_offline_shows_its_page_to_HTTP_too()
    {
        using var folder = new TemporaryFolder();
        await Command.RunAsync("cp", ["-r", Path.GetDirectoryName(App.Program)!, folder.PathTo("app")]);
        string page = folder.Write("app/app_offline.htm", "<p>back soon");
        int port = FreePort.Next();
        await using LaunchedProgram offline = App.StartWait(App.Launch("Shim__Protocol=http") with { Program = folder.PathTo("app/" + Path.GetFileName(App.Program)) }, $"127.0.0.1:{port}");
        ScriptReply reply = await new Browser(port).GetAsync("/hello/you");
        Assert.Equal((503, "<p>back soon", "text/html"), (reply.Status, reply.Body, reply.Header("Content-Type")));
        File.Delete(page);
        Assert.Equal(0, (await offline.WaitAsync()).ExitCode);
    }

    [Fact]
    public async Task An_app_that_is_offline_shows_its_page_without_starting()
    {
        using var folder = new TemporaryFolder();
        await Command.RunAsync("cp", ["-r", Path.GetDirectoryName(App.Program)!, folder.PathTo("app")]);
        string page = folder.PathTo("app/app_offline.htm"), marks = folder.PathTo("marks");
        await File.WriteAllTextAsync(page, "<p>back soon");
        using Socket listener = App.Listen(folder.PathTo("s"));
        Launch launch = App.Launch($"TEST_MARKS={marks}") with { Program = folder.PathTo("app/" + Path.GetFileName(App.Program)), Input = listener.SafeHandle, Output = listener.SafeHandle };
        await using (LaunchedProgram offline = Launcher.Start(launch))
        {
            Response answer = await new AppRequest(Wire.Scgi, "/hello/you").AskAsync(folder.PathTo("s"));
            Assert.Equal((503, "<p>back soon"), (answer.Status, answer.Body));
            File.Delete(page);
            Assert.Equal(0, (await offline.WaitAsync()).ExitCode);
            Assert.False(File.Exists(marks));
        }
        await using LaunchedProgram online = Launcher.Start(launch);
        Assert.Equal("Hello you", (await new AppRequest(Wire.Scgi, "/hello/you").AskAsync(folder.PathTo("s"))).Body);
        await File.WriteAllTextAsync(page, "<p>gone");
        // The app looks when a connection comes, once in a second, and leaves that one to the next process. Nobody may wait for that in connect(2): the queue has an end.
        for (long start = Environment.TickCount64; online.IsRunning && Environment.TickCount64 - start < Patience.Limit.TotalMilliseconds; await Task.Delay(100))
            Knock(folder.PathTo("s"));
        Assert.Equal(0, (await online.WaitAsync()).ExitCode);
    }

    /// <summary>A connection without a request; or none, if the queue is full.</summary>
    private static void Knock(string address)
    {
        using Socket socket = Address.CreateSocket(address);
        socket.Blocking = false;
        try
        {
            socket.Connect(Address.ToEndPoint(address));
        }
        catch (SocketException full) when (full.SocketErrorCode == SocketError.WouldBlock)
        {
            // It has been noticed that nobody takes them any more.
        }
    }
}
