using System.Text;

namespace Shims.AspNetTests;

/// <summary>Clients that leave or are slow, and apps that give up: IIS's ClientDisconnectTests, HttpSys's RequestBodyTests, TestHost's HttpContextBuilderTests and RequestLifetimeTests.</summary>
public sealed class ClientTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Marks => _folder.PathTo("marks");

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task A_body_whose_client_leaves_is_never_short(Wire wire)
    {
        byte[] request = new AppRequest(wire, "/read-all") { Method = "POST", Body = new byte[50_000] }.Encode();
        LaunchResult result = await LeaveAsync(request[..(request.Length - 20_000)], () => Marked().Sum(Read) > 20_000);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["the body broke off", "none"], Marked().SkipWhile(static line => line != "the body broke off").Take(2));
        Assert.DoesNotContain("the end of the body", Marked());
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task An_app_that_writes_is_told_that_its_client_has_gone(Wire wire)
    {
        LaunchResult result = await LeaveAsync(new AppRequest(wire, "/write-on").Encode(), () => Marked().Contains("writing"));
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("aborted while it wrote", Marked());
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task An_abort_of_the_app_s_own_is_told_by_its_token(Wire wire)
    {
        (Response response, LaunchResult result) = await new AppRequest(wire, "/abort-and-wait").SendAsync(App.Launch($"TEST_MARKS={Marks}"));
        Assert.True(response.BrokeOff || response.Bytes.Length == 0 || response.Status >= 500, response.ToString());
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("aborted", Marked());
        Assert.Contains("wrote", Marked());
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task A_body_is_read_as_it_comes(Wire wire)
    {
        byte[] request = new AppRequest(wire, "/read-all") { Method = "POST", Body = new byte[50_000] }.Encode();
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TEST_MARKS={Marks}"));
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        await connection.SendAsync(request.AsMemory(0, request.Length - 20_000));
        await Patience.UntilAsync(() => Marked().Sum(Read) > 20_000, "the app has read what there is");
        Assert.DoesNotContain("the end of the body", Marked());
        await connection.SendAsync(request.AsMemory(request.Length - 20_000));
        await connection.ReceiveToEndAsync();
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
        Assert.Equal(50_000, Marked().Sum(Read));
        Assert.Contains("the end of the body", Marked());
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task What_is_flushed_leaves_at_once_the_header_too(Wire wire)
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TMPDIR={_folder.Path}"));
        await using LaunchedProgram ended = program;
        using Connection open = connection;
        await connection.SendAsync(new AppRequest(wire, "/flush/gate").Encode());
        string head = await connection.ReceiveUntilAsync("\r\n\r\n");
        Assert.Contains("X-First: yes", head, StringComparison.Ordinal);
        Assert.DoesNotContain("some of it", head, StringComparison.Ordinal);
        _folder.Write("gate-head", "");
        Assert.DoesNotContain("the rest", await connection.ReceiveUntilAsync("some of it, "), StringComparison.Ordinal);
        _folder.Write("gate-body", "");
        Assert.Contains("and the rest", Encoding.Latin1.GetString((await connection.ReceiveToEndAsync()).Bytes), StringComparison.Ordinal);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task A_header_beyond_ASCII_goes_out_in_UTF_8_if_that_is_chosen(Wire wire)
    {
        (Response response, _) = await new AppRequest(wire, "/header-unicode").SendAsync(App.Launch("Shim__AllowUnicodeResponseHeaders=true"));
        Assert.Equal(200, response.Status);
        Assert.Contains("X-Bad: é\r\n", Encoding.UTF8.GetString(response.Bytes), StringComparison.Ordinal);
    }

    /// <summary>IIS's ServerVariablesTest.</summary>
    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task A_variable_that_the_app_sets_or_removes_is_what_it_gets(Wire wire)
    {
        (Response response, _) = await new AppRequest(wire, "/variable-set") { With = [("DOCUMENT_ROOT", "/srv/www"), ("SERVER_SOFTWARE", "some")] }.SendAsync(App.Launch());
        Assert.Equal("/of/the/app none none", response.Body);
    }

    /// <summary>A client that leaves when something has happened, and the process that served it.</summary>
    private async Task<LaunchResult> LeaveAsync(byte[] sent, Func<bool> happened)
    {
        (LaunchedProgram program, Connection connection) = App.StartNowait(App.Launch($"TEST_MARKS={Marks}"));
        await using LaunchedProgram ended = program;
        using (connection)
        {
            await connection.SendAsync(sent);
            await Patience.UntilAsync(happened, "the app is where the client leaves");
        }
        return await program.WaitAsync();
    }

    private string[] Marked() => File.Exists(Marks) ? File.ReadAllLines(Marks) : [];

    private static int Read(string line) => line.StartsWith("read ", StringComparison.Ordinal) ? int.Parse(line[5..], System.Globalization.CultureInfo.InvariantCulture) : 0;
}
