using System.Globalization;

namespace Shims.ProgramTests;

/// <summary>Scripts that cannot be started: each request is told why, and a resident program keeps nothing of them.</summary>
public sealed class FailingStartTests : ProgramTest
{
    private const string Serve = "printf 'Content-Type: text/plain\\n\\nserved'";

    /// <summary>The user of the programs that are to run into a limit on processes, which root does not have.</summary>
    private const string OtherUser = "61234";

    private static string[] AsOtherUser => ["--reuid", OtherUser, "--regid", OtherUser, "--clear-groups"];

    private static int Requests => TestExtent.Of(200, 10_000);

    public static TheoryData<RunModeUnderTest, string> Unstartable =>
        new MatrixTheoryData<RunModeUnderTest, string>([RunModeUnderTest.Plain, RunModeUnderTest.Relay, RunModeUnderTest.FastCgi], ["not executable", "interpreter missing", "environment too large"]);

    [Theory, MemberData(nameof(Unstartable)), Trait("fault", "D1")]
    public async Task Scripts_that_cannot_be_started_leave_no_zombie(RunModeUnderTest mode, string kind)
    {
        string script = kind == "interpreter missing" ? Folder.Script("script.cgi", "#!/nowhere/perl\n") : Folder.Shell(Serve);
        if (kind == "not executable")
            File.SetUnixFileMode(script, UnixFileMode.UserRead);
        RequestVariables request = RequestVariables.For("GET", script);
        if (kind == "environment too large")
            request.Add("HTTP_X_LARGE", new string('x', 140_000)); // MAX_ARG_STRLEN is 128 KiB
        (int status, string cause) = kind switch
        {
            "not executable" => (403, "it is not executable"),
            "interpreter missing" => (500, "which does not exist"),
            _ => (500, "too large for the system"),
        };
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        await AskAllAsync(program, request, status);
        await program.SettledAsync();
        await program.WaitForLogAsync(cause);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi), Trait("fault", "D1"), Trait("fault", "L2")]
    public async Task A_limit_on_descriptors_is_named_and_leaves_no_zombie(RunModeUnderTest mode)
    {
        Requires.Tools("prlimit");
        string script = Folder.Shell(Serve);
        await using ListeningProgram program = new Invocation(mode, script).Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        // On a busy machine the connection stays for a while: counted with the others, it would leave room for what is to be refused.
        await program.WaitForSocketsAsync(1);
        int open = await program.SettledAsync();
        // With room for one descriptor more the connection is accepted; each further one lets the start go a step further, to the descriptor of the process itself.
        for (int room = 1; room <= 6; room++)
        {
            await LimitAsync(program, $"--nofile={open + room}:");
            for (int i = 0; i < Requests / 20; i++)
            {
                Response answer = await program.AskAsync(RequestVariables.For("GET", script));
                Assert.True(answer is { Status: 500 or 200 }, answer.ToString());
            }
        }
        await program.SettledAsync();
        await program.Program.WaitForLogAsync("too many open files");
        Assert.DoesNotContain("another process", program.Program.ErrorSoFar, StringComparison.Ordinal);
        await LimitAsync(program, "--nofile=1000:");
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, InlineData(RunModeUnderTest.Plain), InlineData(RunModeUnderTest.Relay), InlineData(RunModeUnderTest.FastCgi), Trait("fault", "D1")]
    public async Task A_limit_on_processes_is_named_and_leaves_no_zombie(RunModeUnderTest mode)
    {
        Requires.Tools("prlimit", "setpriv");
        Requires.That(CurrentUser.Id == 0, "root");
        string script = Folder.Shell(Serve), own = Folder.Script(mode.ProgramName(), File.ReadAllBytes(mode.Program()));
        var invocation = new Invocation(mode, script)
        {
            Adjust = launch => launch with { Program = Tool.PathOf("setpriv"), Arguments = [.. AsOtherUser, own, .. launch.Arguments] },
        };
        await using ListeningProgram program = invocation.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        // As that user, since root may lack the capability.
        await Command.RunAsync("setpriv", [.. AsOtherUser, Tool.PathOf("prlimit"), "--pid", Number(program), "--nproc=1:"]);
        await AskAllAsync(program, RequestVariables.For("GET", script), 503);
        await program.SettledAsync();
        await program.WaitForLogAsync("the system refused another process (EAGAIN");
        await Command.RunAsync("setpriv", [.. AsOtherUser, Tool.PathOf("prlimit"), "--pid", Number(program), "--nproc=1000:"]);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    private static Task AskAllAsync(ListeningProgram program, RequestVariables request, int status) =>
        Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (_, _) =>
        {
            Response answer = await program.AskAsync(request);
            Assert.True(answer.Status == status, answer.ToString());
        });

    private static Task LimitAsync(ListeningProgram program, string limit) =>
        Command.RunAsync("prlimit", ["--pid", Number(program), limit]);

    private static string Number(ListeningProgram program) => program.Program.ProcessId.ToString(CultureInfo.InvariantCulture);
}
