namespace Shims.AspNetTests;

/// <summary>An app with a <c>Startup</c> class lives as any other.</summary>
public sealed class StartupTests
{
    private static readonly string[] s_arguments = ["startup"];

    [Theory, InlineData(Wire.Scgi), InlineData(Wire.FastCgi)]
    public async Task It_answers_one_connection_and_ends_well(Wire wire)
    {
        using var folder = new TemporaryFolder();
        string marks = folder.PathTo("marks");
        (Response response, LaunchResult result) = await new AppRequest(wire, "/hello/you").SendAsync(App.Launch($"TEST_MARKS={marks}") with { Arguments = s_arguments });
        Assert.True(response.Body == "Hello you", response.ToString());
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["service starts", "started", "stopping", "service stops", "stopped"], await File.ReadAllLinesAsync(marks));
    }

    [Fact]
    public async Task It_finds_its_files_in_its_own_folder()
    {
        (Response response, _) = await new AppRequest(Wire.Scgi, "/root").SendAsync(App.Launch() with { Arguments = s_arguments });
        Assert.Equal(Path.GetDirectoryName(App.Program), response.Body.TrimEnd('/'));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_serves_a_listening_socket(bool isHttp)
    {
        using var folder = new TemporaryFolder();
        string address = isHttp ? $"127.0.0.1:{FreePort.Next()}" : folder.PathTo("s");
        await using LaunchedProgram program = App.StartWait(App.Launch(isHttp ? "SHIMS_PROTOCOL=http" : "SHIMS_IDLE=0") with { Arguments = s_arguments }, address);
        for (int i = 0; i < 3; i++)
            Assert.Equal("Hello you", isHttp ? (await new Browser(new Uri("http://" + address).Port).GetAsync("/hello/you")).Body : (await new AppRequest(Wire.FastCgi, "/hello/you").AskAsync(address)).Body);
        program.Signal(15);
        Assert.Equal(0, (await program.WaitAsync()).ExitCode);
    }
}
