using System.Net.Sockets;
using System.Text.Json;
using Shims.Testing;

namespace Shims.ControlTests;

/// <summary><c>shimctl status</c> with the real gateways.</summary>
public sealed class StatusCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task Status_shows_what_a_gateway_does_in_each_form(string program)
    {
        // The name of the socket tells the protocol.
        await using Gateway gateway = Gateway.Start(_folder, program, "--status-path", "/shims-status");
        LaunchResult text = await StatusAsync(gateway.Address);
        Assert.Equal((0, ""), (text.ExitCode, text.ErrorText));
        Assert.StartsWith($"program:         {program} ", text.OutputText, StringComparison.Ordinal);
        LaunchResult json = await StatusAsync("--json", "unix:" + gateway.Address);
        Assert.Equal(gateway.Program.ProcessId, JsonDocument.Parse(json.OutputText).RootElement.GetProperty("process").GetInt32());
        LaunchResult metrics = await StatusAsync("--openmetrics", gateway.Address);
        Assert.EndsWith("\n# EOF\n", metrics.OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_shows_it_again_and_again_until_it_is_interrupted()
    {
        await using Gateway gateway = Gateway.Start(_folder, "scgi-run", "--status-path", "/shims-status");
        await using LaunchedProgram watching = Start("--watch", "--interval", "1", gateway.Address);
        await Patience.UntilAsync(() => watching.OutputSoFar.Split("program:").Length > 3, "three looks");
        // A gateway that has gone is looked for again.
        gateway.Program.Signal(15);
        await gateway.Program.WaitAsync();
        File.Delete(gateway.Address);
        await Patience.UntilAsync(() => watching.OutputSoFar.Contains(gateway.Address, StringComparison.Ordinal), "a line that says so");
        watching.Signal(2);
        LaunchResult result = await watching.WaitAsync();
        Assert.Equal(130, result.ExitCode);
        Assert.DoesNotContain('\e', result.OutputText);
    }

    [Fact]
    public async Task On_a_terminal_watch_keeps_the_page_at_the_top_of_the_screen()
    {
        Requires.Tools("script");
        await using Gateway gateway = Gateway.Start(_folder, "scgi-run", "--status-path", "/shims-status");
        string typescript = _folder.PathTo("typescript");
        await using LaunchedProgram watching = Launcher.Start(new Launch
        {
            Program = Tool.PathOf("script"),
            Arguments = ["-qefc", $"{Repository.Program("shimctl")} status --watch --interval 1 {gateway.Address}", typescript],
        });
        await Patience.UntilAsync(() => File.Exists(typescript) && File.ReadAllText(typescript).Split("\e[H\e[2Jprogram:").Length > 2, "two looks");
    }

    [Fact]
    public async Task A_gateway_without_a_status_page_is_told_apart_with_the_option_that_gives_it_one()
    {
        await using Gateway gateway = Gateway.Start(_folder, "fcgi-run");
        LaunchResult missing = await StatusAsync(gateway.Address);
        Assert.Equal(76, missing.ExitCode);
        Assert.Contains($"unix:{gateway.Address} answers /shims-status with a status of 404: start the gateway with --status-path /shims-status, or name its path with --path", missing.ErrorText, StringComparison.Ordinal);
        Assert.Empty(missing.OutputText);
    }

    [Fact]
    public async Task What_a_script_writes_at_that_path_is_not_shown()
    {
        string script = _folder.WriteScript("a.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nprogram: \\033[31m'\n");
        await using Gateway gateway = Gateway.StartFor(_folder, "fcgi-run", script);
        LaunchResult result = await StatusAsync(gateway.Address);
        Assert.Equal((76, ""), (result.ExitCode, result.OutputText));
        Assert.Contains("has a page of its own for /shims-status, and not the gateway's status", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "SOCKET is missing")]
    [InlineData("nonsense", "is not a gateway address")]
    [InlineData("exec:scgi-run", "name the socket of one that listens")]
    [InlineData("/x --path y", "--path takes a path that begins with a slash")]
    [InlineData("/x --json --openmetrics", "--json and --openmetrics cannot be combined")]
    [InlineData("/x --interval 3", "give --watch too")]
    [InlineData("/x --watch --interval 0", "--interval 5")]
    [InlineData("/x --scgi --fastcgi", "--scgi and --fastcgi cannot be combined")]
    public async Task Status_exits_with_64_for_a_wrong_command_line_and_names_the_fix(string arguments, string expected)
    {
        LaunchResult result = await StatusAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(64, result.ExitCode);
        Assert.Contains(expected, result.ErrorText, StringComparison.Ordinal);
    }

    private static LaunchedProgram Start(params string[] arguments) => Launcher.Start(new Launch { Program = Repository.Program("shimctl"), Arguments = ["status", .. arguments] });

    private static async Task<LaunchResult> StatusAsync(params string[] arguments)
    {
        await using LaunchedProgram program = Start(arguments);
        return await program.WaitAsync();
    }

    /// <summary>A gateway on a listening socket whose name says which it is.</summary>
    private sealed class Gateway : IAsyncDisposable
    {
        private Gateway(string address, LaunchedProgram program) => (Address, Program) = (address, program);

        internal string Address { get; }

        internal LaunchedProgram Program { get; }

        internal static Gateway Start(TemporaryFolder folder, string program, params string[] options) => StartFor(folder, program, [.. options, folder.MakeFolder("cgi") + "/"]);

        internal static Gateway StartFor(TemporaryFolder folder, string program, params string[] arguments)
        {
            string address = folder.PathTo($"{program[..^4]}.sock");
            using Socket listener = Testing.Address.Listen(folder.PathTo("s"));
            // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
            File.Move(folder.PathTo("s"), address);
            return new Gateway(address, Launcher.Start(new Launch { Program = Repository.Program(program), Arguments = arguments, Input = listener.SafeHandle, Output = listener.SafeHandle }));
        }

        public ValueTask DisposeAsync() => Program.DisposeAsync();
    }
}
