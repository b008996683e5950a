using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Shims.ProgramTests;

/// <summary>Somebody changes the path of a script while it is asked for: what was looked at is what runs.</summary>
[Trait("fault", "H6")]
public sealed partial class PathSwapTests : ProgramTest
{
    /// <summary>Each program, for one connection and on a listening socket.</summary>
    public static TheoryData<RunModeUnderTest, bool> Programs { get; } = new() { { RunModeUnderTest.Plain, false }, { RunModeUnderTest.Plain, true }, { RunModeUnderTest.Relay, true }, { RunModeUnderTest.FastCgi, false }, { RunModeUnderTest.FastCgi, true } };

    [Theory, MemberData(nameof(Programs))]
    public async Task No_file_from_outside_runs_while_links_and_directories_of_its_path_are_swapped(RunModeUnderTest mode, bool isListening)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        string[] paths = MakeSite(out (string One, string Other)[] pairs);
        var invocation = new Invocation(mode, Folder.PathTo("cgi/"));
        await using ListeningProgram? program = isListening ? invocation.Listen() : null;
        int[] served = new int[paths.Length];
        using var stop = new CancellationTokenSource();
        var swapping = Task.Factory.StartNew(() => Swap(pairs, stop.Token), TaskCreationOptions.LongRunning);
        var watch = Stopwatch.StartNew();
        // Until each path has been served, and been refused or changed, often enough to tell.
        while (watch.Elapsed.TotalSeconds < TestExtent.Of(2, 10) || served.Contains(0))
        {
            for (int i = 0; i < paths.Length; i++)
            {
                RequestVariables variables = RequestVariables.For("GET", paths[i]);
                Response answer = program is null ? await invocation.AskAsync(variables) : await program.AskAsync(variables);
                Assert.DoesNotContain("outside", answer.Body, StringComparison.Ordinal);
                if (answer.Body == "inside")
                    served[i]++;
            }
            Assert.True(watch.Elapsed < Patience.Limit, $"served: {string.Join(", ", served)}");
        }
        await stop.CancelAsync();
        Assert.True(await swapping > 100);
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_path_through_the_links_of_proc_is_refused(RunModeUnderTest mode)
    {
        string script = Folder.MarkingScript("cgi/x.cgi");
        var invocation = new Invocation(mode, Folder.PathTo("cgi/")) { Adjust = launch => launch with { Folder = Path.GetDirectoryName(script) } };
        foreach (string path in (string[])["/proc/self/root" + script, "/proc/self/cwd/x.cgi", "/proc/thread-self/cwd/x.cgi"])
        {
            Response answer = await invocation.AskAsync(RequestVariables.For("GET", path));
            Assert.True(answer.Status == 403, answer.ToString());
        }
        Assert.False(Folder.HasRun);
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task A_script_runs_by_the_path_of_TARGET_and_has_the_SCRIPT_FILENAME_of_the_web_server(RunModeUnderTest mode)
    {
        string script = Folder.Shell(Tell, "cgi/sub/x.cgi");
        Directory.CreateSymbolicLink(Folder.PathTo("known-as"), Folder.PathTo("cgi"));
        string asked = Folder.PathTo("known-as/sub/x.cgi");
        Response answer = await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", asked));
        Assert.True(answer.Body == $"{script}|{Path.GetDirectoryName(script)}|{asked}", answer.ToString());
    }

    [Theory, MemberData(nameof(RunModes.All), MemberType = typeof(RunModes))]
    public async Task In_a_directory_of_another_user_a_script_runs_by_its_name_in_its_directory(RunModeUnderTest mode)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        string script = Folder.Shell(Tell, "cgi/theirs/x.cgi");
        string link = Folder.PathTo("cgi/theirs/link.cgi");
        File.CreateSymbolicLink(link, "x.cgi");
        Own(Folder.PathTo("cgi/theirs"), link);
        foreach (string asked in (string[])[script, link])
        {
            Response answer = await new Invocation(mode, Folder.PathTo("cgi/")).AskAsync(RequestVariables.For("GET", asked));
            Assert.True(answer.Body == $"./x.cgi|{Path.GetDirectoryName(script)}|{asked}", answer.ToString());
        }
    }

    [Theory, MemberData(nameof(RunModes.EachProgram), MemberType = typeof(RunModes))]
    public async Task Directories_that_are_held_open_are_closed_again(RunModeUnderTest mode)
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, to give files away");
        string script = Folder.Shell(Tell, "cgi/theirs/x.cgi"), plain = Folder.Write("cgi/theirs/plain.cgi", "#!/bin/sh\n");
        string link = Folder.PathTo("cgi/theirs/link.cgi");
        File.CreateSymbolicLink(link, "/bin/true");
        Own(Folder.PathTo("cgi/theirs"), link);
        await using ListeningProgram program = new Invocation(mode, Folder.PathTo("cgi/")).Listen();
        string[] paths = [script, plain, link, script + "/..", Folder.PathTo("cgi/theirs/"), Folder.PathTo("cgi/theirs/missing.cgi")];
        foreach (string path in paths)
            await program.AskAsync(RequestVariables.For("GET", path));
        int before = await program.SettledAsync();
        for (int i = 0; i < 5; i++)
        {
            foreach (string path in paths)
                await program.AskAsync(RequestVariables.For("GET", path).With("PATH_INFO", i == 0 ? "/.." : ""));
        }
        await program.ComesDownToAsync(before);
    }

    private const string Tell = "printf 'Content-Type: text/plain\\n\\n%s' \"$0|$(pwd -P)|$SCRIPT_FILENAME\"";

    /// <summary>A site of two users, and next to it a directory that the second may not have run.</summary>
    /// <param name="pairs">What the second user swaps: each is in a directory of his own.</param>
    /// <returns>The paths to ask for.</returns>
    private string[] MakeSite(out (string One, string Other)[] pairs)
    {
        const string inside = "printf 'Content-Type: text/plain\\n\\ninside'";
        Folder.Shell(inside, "cgi/inside.cgi");
        Folder.Shell(inside, "cgi/theirs/directory/x.cgi");
        foreach (string name in (string[])["inside.cgi", "x.cgi"])
            Folder.Shell($"echo ran >> {Folder.PathTo("ran")}; printf 'Content-Type: text/plain\\n\\noutside'", "outside/" + name);
        Folder.MakeFolder("around");
        pairs =
        [
            (Link("around/link", Folder.PathTo("cgi")), Link("around/other", Folder.PathTo("outside"))),
            (Folder.PathTo("cgi/theirs/directory"), Link("cgi/theirs/other", "../../outside")),
            (Link("cgi/theirs/good.cgi", "../inside.cgi"), Link("cgi/theirs/bad.cgi", "../../outside/x.cgi")),
        ];
        Own([Folder.PathTo("around"), Folder.PathTo("cgi/theirs"), Folder.PathTo("cgi/theirs/directory/x.cgi"), .. pairs.SelectMany(static pair => (string[])[pair.One, pair.Other])]);
        return [Folder.PathTo("around/link/inside.cgi"), Folder.PathTo("cgi/theirs/directory/x.cgi"), Folder.PathTo("cgi/theirs/good.cgi")];
    }

    private string Link(string name, string leadsTo) => File.CreateSymbolicLink(Folder.PathTo(name), leadsTo).FullName;

    private static int Swap((string One, string Other)[] pairs, CancellationToken stop)
    {
        const int currentDirectory = -100;
        const uint exchange = 2;
        int count = 0;
        for (; !stop.IsCancellationRequested; count++)
        {
            foreach ((string one, string other) in pairs)
                Assert.Equal(0, renameat2(currentDirectory, one, currentDirectory, other, exchange));
        }
        return count;
    }

    private static void Own(params string[] paths)
    {
        foreach (string path in paths)
            Ownership.Give(path);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int directory, string path, int newDirectory, string newPath, uint flags);
}
