namespace Shims.ProgramTests;

/// <summary>A program that is process 1 of a container collects what scripts have left behind, and takes no status from a script.</summary>
public sealed class OrphanTests : ProgramTest
{
    private const int Requests = 24, Clients = 4;

    public static TheoryData<RunModeUnderTest> Listening => [RunModeUnderTest.Supervise, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi, RunModeUnderTest.Uwsgi];

    private string Ended => Folder.PathTo("ended");

    private string Script => Folder.Shell($"{FirstProcess.Leaving(Ended)}; printf 'Content-Type: text/plain\\n\\nserved'");

    [Theory, MemberData(nameof(Listening))]
    public async Task No_zombie_of_what_scripts_leave_stays_with_process_1(RunModeUnderTest mode)
    {
        string script = Script;
        await using OwnListener program = await OwnListener.ListenAsync(new Invocation(mode, script) { Adjust = FirstProcess.Of }, Folder.PathTo("own.sock"));
        foreach (Response response in await Load.RunAsync(Requests, Clients, () => program.AskAsync(RequestVariables.For("GET", script))))
        {
            // A script whose status is taken from its gateway gets a 502 or is broken off.
            Assert.True(response is { Body: "served", BrokeOff: false }, response.ToString());
        }
        await FirstProcess.WaitForNoZombiesAsync(program.Program, Ended, Requests);
        Assert.Equal("", program.Program.ErrorSoFar);
    }

    [Fact]
    public async Task No_zombie_of_what_scripts_leave_stays_with_ajp_run()
    {
        _ = Script;
        string path = Folder.PathTo("own.sock");
        await using LaunchedProgram program = Invocation.Start(FirstProcess.Of(new Launch { Program = Repository.Program("ajp-run"), Arguments = ["--listen", "unix:" + path, "--allow-root", Folder.Target] }));
        for (int i = 0; i < Requests; i++)
        {
            using var client = new AjpClient(await OwnListener.ReachAsync(path, () => program.IsRunning ? null : program.ErrorSoFar));
            Assert.Equal("served", (await client.ExchangeAsync(new AjpRequestData { Uri = "/script.cgi" })).Body);
        }
        await FirstProcess.WaitForNoZombiesAsync(program, Ended, Requests);
        Assert.Equal("", program.ErrorSoFar);
    }
}
