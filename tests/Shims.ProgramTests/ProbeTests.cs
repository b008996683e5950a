using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary><c>--ping SOCKET</c>: the probe of a container.</summary>
public sealed class ProbeTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    [Theory, InlineData("scgi-run", false), InlineData("fcgi-run", false), InlineData("uwsgi-run", false), InlineData("ajp-run", false), InlineData("scgi-run", true), InlineData("fcgi-run", true)]
    public async Task A_probe_says_by_its_exit_status_whether_the_gateway_can_take_a_request(string program, bool tcp)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"{witness.Appear}; {gate.Pass}; {Serve}", "a.cgi");
        await using Listening gateway = Listening.Start(Folder, program, tcp, "--ping-path", "/ping", "--max", "1", program == "ajp-run" ? Folder.Target : script);
        LaunchResult ready = await ProbeAsync(program, gateway.Address);
        Assert.Equal((0, "", ""), (ready.ExitCode, ready.OutputText, ready.ErrorText));

        // Sent by another program of the same protocol, and left alone.
        using Testing.Connection connection = await Testing.Connection.OpenAsync(gateway.Address);
        await connection.SendAsync(program switch
        {
            "fcgi-run" => FastCgiClient.Encode(RequestVariables.For("GET", script).ForFastCgi(0)),
            "uwsgi-run" => UwsgiClient.Encode(RequestVariables.For("GET", script), default),
            "ajp-run" => new AjpRequestData { Uri = "/a.cgi" }.ToBytes(),
            _ => ScgiClient.Encode(RequestVariables.For("GET", script), default),
        });
        await witness.LineAsync();
        LaunchResult busy = await ProbeAsync(program, gateway.Address);
        Assert.Equal(1, busy.ExitCode);
        Assert.Contains(": not ready: as many scripts are running as --max allows\n", busy.ErrorText, StringComparison.Ordinal);
        await gate.OpenAsync();
    }

    [Fact]
    public async Task A_probe_of_another_path_names_it()
    {
        string script = Folder.Shell(Serve);
        await using Listening gateway = Listening.Start(Folder, "scgi-run", tcp: false, "--ping-path", "/alive", script);
        Assert.Equal(0, (await ProbeAsync("scgi-run", "unix:" + gateway.Address, "--ping-path", "/alive")).ExitCode);
        // There a script responds, and with a 200: it is not what was asked for.
        LaunchResult other = await ProbeAsync("scgi-run", gateway.Address);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("gave no answer in SCGI", other.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_script_that_responds_at_that_path_is_not_taken_for_the_gateway()
    {
        string script = Folder.Shell("printf 'Status: 200 OK\\r\\nContent-Type: text/plain\\r\\n\\r\\nhello\\n'");
        await using Listening gateway = Listening.Start(Folder, "fcgi-run", tcp: false, script);
        LaunchResult result = await ProbeAsync("fcgi-run", gateway.Address);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("has no answer of its own for /ping, and a status of 200: start the gateway there with --ping-path /ping\n", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_sends_the_secret_of_AJP13()
    {
        string secret = Folder.Write("secret", "open sesame\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using Listening gateway = Listening.Start(Folder, "ajp-run", tcp: true, "--ping-path", "/ping", "--secret-file", secret, Folder.Target);
        Assert.Equal(0, (await ProbeAsync("ajp-run", gateway.Address, "--secret-file", secret)).ExitCode);
        LaunchResult without = await ProbeAsync("ajp-run", gateway.Address);
        Assert.Equal(1, without.ExitCode);
        Assert.Contains("with 403: name its --secret-file\n", without.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("uwsgi-run"), InlineData("ajp-run")]
    public async Task A_probe_of_a_socket_where_nothing_listens_fails(string program)
    {
        string path = Folder.PathTo("nosuch.sock");
        LaunchResult result = await ProbeAsync(program, path);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"no gateway takes a connection at {path} (ENOENT, no such file): start one there, or correct the address\n", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_of_a_program_that_closes_the_connection_fails()
    {
        string path = Folder.PathTo("s");
        using Socket listener = Address.Listen(path);
        Task<Socket> accepting = listener.AcceptAsync();
        Task<LaunchResult> probe = ProbeAsync("scgi-run", path);
        (await accepting).Dispose();
        Assert.Equal(1, (await probe).ExitCode);
    }

    [Theory, InlineData("host"), InlineData("host:80"), InlineData("127.0.0.1"), InlineData("127.0.0.1:0"), InlineData("127.0.0.1:65536"), InlineData("[::1:80"), InlineData("unix:"), InlineData("")]
    public async Task An_address_that_is_none_is_refused(string address)
    {
        LaunchResult result = await ProbeAsync("scgi-run", address);
        Assert.Equal(64, result.ExitCode);
        Assert.Contains($"--ping takes a path or ADDRESS:PORT, not \"{address}\": write for example --ping /run/shims/scgi.sock, or --ping 127.0.0.1:4000", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory, InlineData("--status-path", "shims-status"), InlineData("--ping-path", "/a b"), InlineData("--status-path", "/a?b"), InlineData("--ping-path", "/%41"), InlineData("--ping-path", "")]
    public async Task A_path_that_SCRIPT_NAME_cannot_be_is_refused(string option, string path)
    {
        LaunchResult result = await RunAsync("scgi-run", option, path, "/srv/a.cgi");
        Assert.Equal(64, result.ExitCode);
        Assert.Contains($"{option} takes a path as SCRIPT_NAME has it, not \"{path}\": write for example {option} /", result.ErrorText, StringComparison.Ordinal);
    }

    private static Task<LaunchResult> ProbeAsync(string program, string address, params string[] options) => RunAsync(program, ["--ping", address, .. options]);

    private static async Task<LaunchResult> RunAsync(string program, params string[] arguments)
    {
        await using LaunchedProgram started = Invocation.Start(new Launch { Program = Repository.Program(program), Arguments = arguments });
        return await started.WaitAsync(Patience.Limit);
    }

    /// <summary>A gateway on a listening socket, by its name.</summary>
    private sealed class Listening : IAsyncDisposable
    {
        private Listening(string address, LaunchedProgram program) => (Address, Program) = (address, program);

        public string Address { get; }

        private LaunchedProgram Program { get; }

        public static Listening Start(ScriptFolder folder, string program, bool tcp, params string[] arguments)
        {
            using Socket listener = Testing.Address.Listen(tcp ? "127.0.0.1:0" : folder.PathTo("s"));
            string address = tcp ? listener.LocalEndPoint!.ToString()! : folder.PathTo("socket");
            // .NET removes the file of a unix socket when the Socket that made it is disposed; but only by its first name.
            if (!tcp)
                File.Move(folder.PathTo("s"), address);
            return new Listening(address, Invocation.Start(new Launch
            {
                Program = Repository.Program(program),
                Arguments = arguments,
                Input = listener.SafeHandle,
                Output = listener.SafeHandle,
            }.WithEnvironment($"TMPDIR={folder.MakeFolder("tmp")}")));
        }

        public ValueTask DisposeAsync() => Program.DisposeAsync();
    }
}
