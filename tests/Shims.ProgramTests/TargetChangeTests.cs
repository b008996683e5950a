namespace Shims.ProgramTests;

/// <summary>A deployment puts another directory where TARGET is. A process in wait mode looks at each request, so it need not end to see that.</summary>
public sealed class TargetChangeTests : ProgramTest
{
    [Theory]
    [InlineData(RunModeUnderTest.Plain, true), InlineData(RunModeUnderTest.FastCgi, true), InlineData(RunModeUnderTest.Plain, false), InlineData(RunModeUnderTest.FastCgi, false)]
    public async Task A_link_that_leads_to_the_next_release_counts_from_the_next_request_on(RunModeUnderTest mode, bool isDirectory)
    {
        Folder.Shell(Responding("first"), "release-1/page.cgi");
        Folder.Shell(Responding("second"), "release-2/page.cgi");
        string current = Folder.PathTo("current");
        Directory.CreateSymbolicLink(current, Folder.PathTo("release-1"));
        string script = Path.Combine(current, "page.cgi");
        await using ListeningProgram program = new Invocation(mode, isDirectory ? current + "/" : script).Listen();
        Assert.Equal("first from release-1", (await program.AskAsync(RequestVariables.For("GET", script))).Body);

        Directory.Delete(current); // the link
        Directory.CreateSymbolicLink(current, Folder.PathTo("release-2"));
        Assert.Equal("second from release-2", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Directory.Delete(Folder.PathTo("release-1"), recursive: true);
        Assert.Equal("second from release-2", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
        Assert.True(program.Program.IsRunning);
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task A_directory_that_is_replaced_counts_from_the_next_request_on(RunModeUnderTest mode)
    {
        Folder.Shell(Responding("first"), "scripts/page.cgi");
        Folder.Shell(Responding("second"), "new/page.cgi");
        string scripts = Folder.PathTo("scripts"), script = Path.Combine(scripts, "page.cgi");
        await using ListeningProgram program = new Invocation(mode, scripts + "/").Listen();
        Assert.Equal("first from scripts", (await program.AskAsync(RequestVariables.For("GET", script))).Body);

        Directory.Move(scripts, Folder.PathTo("old"));
        Assert.Equal(404, (await program.AskAsync(RequestVariables.For("GET", script))).Status);
        Directory.Move(Folder.PathTo("new"), scripts);
        Assert.Equal("second from scripts", (await program.AskAsync(RequestVariables.For("GET", script))).Body);
    }

    private static string Responding(string word) => $"printf 'Content-Type: text/plain\\n\\n%s' \"{word} from $(basename \"$(pwd -P)\")\"";
}
