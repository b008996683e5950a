namespace Shims.AspNetTests;

/// <summary>No request is lost when processes end and others take their place.</summary>
public sealed class EndingTests
{
    /// <summary>Sockets at a time, each with a super-server and a client.</summary>
    private const int Lanes = 5;

    [Fact]
    public async Task No_request_is_lost_over_many_idle_exits()
    {
        int ends = TestExtent.Of(2, 200);
        Task<(int, string?)>[] lanes = [.. Enumerable.Range(0, Lanes).Select(lane => VisitAsync(lane, ends))];
        foreach ((int count, string? failure) in await Task.WhenAll(lanes))
        {
            Assert.Null(failure);
            Assert.True(count >= ends, $"{count} idle exits");
        }
    }

    [Fact]
    public async Task No_request_is_lost_when_the_program_is_replaced()
    {
        using var folder = new TemporaryFolder();
        await Command.RunAsync("cp", ["-r", Path.GetDirectoryName(App.Program)!, folder.PathTo("app")]);
        string program = folder.PathTo("app/" + Path.GetFileName(App.Program)), file = File.Exists(program + ".dll") ? program + ".dll" : program, address = folder.PathTo("s");
        await using var server = new SuperServer(App.Launch("Shim__IdleTimeout=0") with { Program = program }, address);
        using var over = new CancellationTokenSource();
        Task<int>[] clients = [.. Enumerable.Range(0, 2).Select(client => AskUntilAsync(client % 2 == 0 ? Wire.Scgi : Wire.FastCgi, address, over.Token))];
        for (int i = 0; i < TestExtent.Of(3, 100); i++)
        {
            // A process that starts after the replacement is the new one already.
            Assert.Equal(200, (await new AppRequest(Wire.Scgi, "/pid").AskAsync(address).Patiently()).Status);
            // As a deployment does: the new file is whole when it takes the old one's place.
            await Command.RunAsync("cp", [file, file + ".new"]);
            await Command.RunAsync("touch", ["-d", $"2001-01-01 + {i} days", file + ".new"]);
            int before = server.Ends;
            File.Move(file + ".new", file, overwrite: true);
            await Patience.UntilAsync(() => server.Ends > before || Array.Exists(clients, static client => client.IsFaulted), $"replacement {i} ends the process");
        }
        await over.CancelAsync();
        Assert.All(await Task.WhenAll(clients), static count => Assert.True(count > 0));
        Assert.Null(server.Failure);
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task SIGTERM_at_any_moment_of_the_start_leaves_no_process_and_no_half_answer(Wire wire)
    {
        long whole = await TimeAsync(wire);
        int steps = TestExtent.Of(10, 100);
        for (int i = 0; i < steps; i++)
        {
            (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch());
            await using LaunchedProgram ended = program;
            using Connection open = connection;
            Task<Response> asking = new AppRequest(wire, "/hello/you").ExchangeAsync(connection);
            await Task.Delay(TimeSpan.FromMilliseconds((double)whole * i / steps));
            program.Signal(15);
            Response response = await asking.Patiently();
            await program.WaitAsync();
            // None is an answer too: the web server makes a 502 of it.
            Assert.True(response.Bytes.Length == 0 || (!response.BrokeOff && (response.Body == "Hello you" || response.Status == 503)), $"step {i} of {steps}: {response}");
        }
    }

    [Fact]
    public async Task SIGTERM_at_any_moment_leaves_a_request_in_the_listening_socket_to_the_next_process()
    {
        long whole = await TimeAsync(Wire.Scgi);
        int steps = TestExtent.Of(6, 100);
        for (int i = 0; i < steps; i++)
        {
            using var folder = new TemporaryFolder();
            using System.Net.Sockets.Socket listener = App.Listen(folder.PathTo("s"));
            Launch launch = App.Launch() with { Input = listener.SafeHandle, Output = listener.SafeHandle };
            Task<Response> asking = new AppRequest(Wire.Scgi, "/hello/you").AskAsync(folder.PathTo("s"));
            await using (LaunchedProgram first = Launcher.Start(launch))
            {
                await Task.Delay(TimeSpan.FromMilliseconds((double)whole * i / steps));
                first.Signal(15);
                await first.WaitAsync();
            }
            await using LaunchedProgram second = Launcher.Start(launch);
            Response response = await asking.Patiently();
            Assert.True(response.Body == "Hello you", $"step {i} of {steps}: {response}");
        }
    }

    private static async Task<(int Ends, string? Failure)> VisitAsync(int lane, int ends)
    {
        using var folder = new TemporaryFolder();
        string address = folder.PathTo("s");
        await using var server = new SuperServer(App.Launch("Shim__IdleTimeout=1"), address);
        var random = new Random(lane);
        while (server.Ends < ends)
        {
            Response response = await new AppRequest(lane % 2 == 0 ? Wire.Scgi : Wire.FastCgi, "/hello/you").AskAsync(address).Patiently();
            if (response.BrokeOff || response.Status != 200)
                return (server.Ends, $"after {server.Ends} exits: {response}");
            // Around the moment at which the process ends.
            await Task.Delay(random.Next(980, 1040));
        }
        return (server.Ends, server.Failure);
    }

    private static async Task<int> AskUntilAsync(Wire wire, string address, CancellationToken over)
    {
        int count = 0;
        while (!over.IsCancellationRequested)
        {
            Response response = await new AppRequest(wire, "/hello/you").AskAsync(address).Patiently();
            Assert.True(response is { BrokeOff: false, Body: "Hello you" }, $"after {count}: {response}");
            count++;
        }
        return count;
    }

    /// <summary>Milliseconds from the start of a process to its end.</summary>
    private static async Task<long> TimeAsync(Wire wire)
    {
        long start = Environment.TickCount64;
        await new AppRequest(wire, "/hello/you").SendAsync(App.Launch());
        return Environment.TickCount64 - start;
    }
}
