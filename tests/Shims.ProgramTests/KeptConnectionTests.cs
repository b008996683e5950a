namespace Shims.ProgramTests;

/// <summary>Connections that a web server keeps, one for each of its threads, cost nobody else anything: FastCGI, and AJP13.</summary>
public sealed class KeptConnectionTests : ProgramTest
{
    private const int Descriptors = 40, Connections = 120;

    [Theory, InlineData(false), InlineData(true)]
    [Trait("fault", "L11")]
    public async Task However_many_connections_are_kept_a_new_one_is_served_and_nothing_is_told(bool isAjp)
    {
        await using KeptConnections program = Start(isAjp);
        for (int i = 0; i < Connections; i++)
            Assert.Equal($"served {i}", await program.AskAsync(i));
        // The newest are kept, and the oldest have given way, without a reset.
        Assert.Equal("served again", await program.AskAgainAsync(Connections - 1, "again"));
        Assert.False((await program.EndOfAsync(0)).WasReset);
        Assert.DoesNotContain("open files", program.Program.ErrorSoFar, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    [Trait("fault", "L11")]
    public async Task Connections_are_kept_on_several_loops_and_give_way_on_each(bool isAjp)
    {
        await using KeptConnections program = Start(isAjp);
        // The second of two requests at a time makes the other loops begin.
        for (int round = 0; round < 10; round++)
            Assert.Equal(["served a", "served b"], await Task.WhenAll(program.AskOnceAsync("a"), program.AskOnceAsync("b")));
        for (int i = 0; i < Connections; i++)
            Assert.Equal($"served {i}", await program.AskAsync(i));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_kept_connection_counts_as_idle(bool isAjp)
    {
        await using KeptConnections program = Start(isAjp, "--idle", "1");
        Assert.Equal("served 0", await program.AskAsync(0));
        Assert.Equal(0, (await program.Program.WaitAsync()).ExitCode);
        Assert.False((await program.EndOfAsync(0)).WasReset);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_kept_connection_does_not_hold_up_a_process_that_is_told_to_end(bool isAjp)
    {
        await using KeptConnections program = Start(isAjp, "--finish-time", "1000");
        Assert.Equal("served 0", await program.AskAsync(0));
        program.Program.Signal(15);
        Assert.Equal(0, (await program.Program.WaitAsync()).ExitCode);
        Assert.False((await program.EndOfAsync(0)).WasReset);
    }

    private KeptConnections Start(bool isAjp, params string[] options)
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved %s' \"$QUERY_STRING\"", "a.cgi");
        return KeptConnections.Start(isAjp, Descriptors, [.. options, isAjp ? Folder.Target : script]);
    }
}
