namespace Shims.ProgramTests;

/// <summary>A process in wait mode ends when a new version of its program has been installed and nothing is in flight, so that its super-server starts that one.</summary>
public sealed class ProgramChangeTests : ProgramTest
{
    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    [Trait("fault", "H9")]
    public async Task A_replaced_program_goes_on_until_nothing_is_in_flight_and_then_ends(RunModeUnderTest mode)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\n%s' $PPID");
        byte[] program = File.ReadAllBytes(mode.Program());
        string installed = Folder.Script(mode.ProgramName(), program);
        await using var superServer = new SuperServer(new Invocation(mode, script).Launch with { Program = installed }, Folder.PathTo("socket"));
        async Task<string> AskAsync(string query = "")
        {
            await using var conversation = new Conversation(mode, await Connection.OpenAsync(superServer.Address), null);
            return (await conversation.ExchangeAsync(RequestVariables.For("GET", script, query: query))).Body;
        }
        string old = await AskAsync();
        Task<string> report = AskAsync("report");
        await witness.LineAsync();
        File.Move(Folder.Script(mode.ProgramName() + ".new", program), installed, overwrite: true);
        long start = Environment.TickCount64;
        do
            Assert.Equal(old, await AskAsync());
        while (Environment.TickCount64 - start < 1200);
        Assert.False(report.IsCompleted);

        await gate.OpenAsync();
        Assert.Equal(old, await report);
        await Patience.UntilAsync(() => superServer.Starts > 1, "the old process to end");
        Assert.NotEqual(old, await AskAsync());
        Assert.All(superServer.Ends, end => Assert.Equal((0, 0, ""), (end.ExitCode, end.Signal, end.ErrorText)));
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_program_that_is_removed_goes_on_as_nothing_could_replace_it(RunModeUnderTest mode)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        string installed = Folder.Script(mode.ProgramName(), File.ReadAllBytes(mode.Program()));
        await using ListeningProgram program = new Invocation(mode, script) { Adjust = launch => launch with { Program = installed } }.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        File.Delete(installed);
        // Past the second between two looks.
        long start = Environment.TickCount64;
        do
            Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        while (Environment.TickCount64 - start < 1500);
        Assert.True(program.Program.IsRunning);
    }
}
