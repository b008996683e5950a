using System.Globalization;

namespace Shims.ProgramTests;

/// <summary>--max counts by locks, whatever other users or a cleaner of temporary directories do to the file.</summary>
public sealed class SlotTests : ProgramTest
{
    private static string LockName => $"shims-{CurrentUser.Id.ToString(CultureInfo.InvariantCulture)}.lock";

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "M3")]
    public async Task A_lock_file_that_is_removed_while_it_is_held_lets_no_further_script_run(RunModeUnderTest mode)
    {
        string directory = Folder.MakeFolder("tmp");
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, directory);
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        File.Delete(Path.Combine(directory, LockName));
        Response second = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(second.Status == 503, second.ToString());
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await invocation.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes)), Trait("fault", "M3")]
    public async Task A_removed_directory_stops_no_resident_program(RunModeUnderTest mode)
    {
        string directory = Folder.MakeFolder("tmp");
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(mode, directory);
        await using ListeningProgram program = invocation.Listen();
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Directory.Delete(directory, recursive: true);
        Task<Response> first = program.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        Assert.Equal(503, (await program.AskAsync(RequestVariables.For("GET", script))).Status);
        // Another process of the same user and target counts with it.
        Assert.Equal(503, (await invocation.AskAsync(RequestVariables.For("GET", script))).Status);
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    [Theory, InlineData("directory"), InlineData("link"), InlineData("pipe"), InlineData("another user's file"), Trait("fault", "M3")]
    public async Task Another_user_who_takes_the_name_neither_stops_the_service_nor_changes_the_count(string kind)
    {
        string directory = Folder.MakeFolder("tmp"), name = Path.Combine(directory, LockName);
        switch (kind)
        {
            case "directory":
                Directory.CreateDirectory(name);
                break;
            case "link":
                File.CreateSymbolicLink(name, Folder.Write("target", ""));
                break;
            case "pipe":
                NamedPipe.Make(name);
                break;
            default:
                Requires.That(CurrentUser.Id == 0, "root");
                File.WriteAllText(name, "");
                await Command.RunAsync("chown", ["61234", name]);
                break;
        }
        // Nothing that somebody else has put in /tmp comes into it: its place is taken as well, by the same.
        (Invocation invocation, string script, Witness witness, Gate gate) = Waiting(RunModeUnderTest.Plain, directory);
        Task<Response> first = invocation.AskAsync(RequestVariables.For("GET", script, query: "wait"));
        await witness.LineAsync();
        Response second = await invocation.AskAsync(RequestVariables.For("GET", script));
        Assert.True(second is { Status: 503, ExitCode: 0 }, second.ToString());
        await gate.OpenAsync();
        Assert.Equal("served", (await first).Body);
        Assert.Equal("served", (await invocation.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    private (Invocation Invocation, string Script, Witness Witness, Gate Gate) Waiting(RunModeUnderTest mode, string directory)
    {
        Witness witness = Folder.Witness();
        Gate gate = Folder.Gate();
        string script = Folder.Shell($"[ -z \"$QUERY_STRING\" ] || {{ {witness.Appear}; {gate.Pass}; }}; printf 'Content-Type: text/plain\\n\\nserved'");
        return (new Invocation(mode, script) { Options = ["--max", "1"], Environment = [$"TMPDIR={directory}"] }, script, witness, gate);
    }
}
