namespace Shims.ProgramTests.Distribution;

/// <summary>A folder with busybox, a gateway and a script, with and without /proc, /dev/null and /tmp: as in a container made from nothing.</summary>
/// <remarks>What is mounted is mounted in a namespace of the program's own, and is gone with it.</remarks>
[Trait(TestExtent.Trait, TestExtent.Whole), Trait("suite", "distribution")]
public sealed class SmallSystemTests : ProgramTest
{
    /// <summary>Folder, what is there, then the program and its arguments.</summary>
    private const string Enter = """
        root=$1
        for there in $2; do
            case $there in
                proc) mkdir -p "$root/proc"; mount -t proc proc "$root/proc" ;;
                null) mkdir -p "$root/dev"; touch "$root/dev/null"; mount --bind /dev/null "$root/dev/null" ;;
                tmp) mkdir -p "$root/tmp"; mount -t tmpfs -o mode=1777 tmp "$root/tmp" ;;
            esac
        done
        shift 2
        exec chroot "$root" "$@"
        """;

    private static readonly byte[] s_body = new byte[300_000];

    private string Root => Folder.PathTo("root");

    public static TheoryData<RunModeUnderTest, string> Systems => new MatrixTheoryData<RunModeUnderTest, string>(
        Enum.GetValues<RunModeUnderTest>(), ["", "proc", "null", "tmp", "proc null", "proc tmp", "null tmp", "proc null tmp"]);

    [Theory, MemberData(nameof(Systems))]
    public async Task Pages_and_uploads_are_served_whatever_is_missing(RunModeUnderTest mode, string there)
    {
        Invocation invocation = Make(mode, there);
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", "/cgi/count.cgi"));
        Assert.True(answer is { Body: "0\n", BrokeOff: false, Log: "" }, answer.ToString());
        answer = await invocation.AskAsync(RequestVariables.For("POST", "/cgi/count.cgi"), s_body);
        Assert.True(answer is { Body: "300000\n", BrokeOff: false, Log: "" }, answer.ToString());
    }

    [Theory, MemberData(nameof(Systems))]
    public async Task What_is_wrong_with_a_script_is_in_the_log_whatever_is_missing(RunModeUnderTest mode, string there)
    {
        Response answer = await Make(mode, there).AskAsync(RequestVariables.For("GET", "/cgi/closed.cgi"));
        Assert.True(answer is { Status: 403, BrokeOff: false, LogLines.Count: 1 }, answer.ToString());
        Assert.Contains("chmod +x /cgi/closed.cgi", answer.Log, StringComparison.Ordinal);
    }

    [Theory, InlineData(""), InlineData("proc"), InlineData("null"), InlineData("tmp"), InlineData("proc null tmp")]
    public async Task A_handler_responds_whatever_is_missing(string there)
    {
        string handler = Repository.PathTo("artifacts/publish/apps/hello/hello");
        Requires.That(File.Exists(handler), "make apps");
        Invocation invocation = Make(RunModeUnderTest.Plain, there, "/bin/hello");
        await new Jail(Root).AddProgramAsync(handler, "/bin/hello");
        Response answer = await invocation.AskAsync(RequestVariables.For("GET", "/hello"));
        Assert.True(answer is { Body: "Hello, world!\n", BrokeOff: false, Log: "" }, answer.ToString());
    }

    private Invocation Make(RunModeUnderTest mode, string there, string program = "/bin/program")
    {
        Assert.SkipUnless(CurrentUser.Id == 0, "needs root, for chroot");
        Requires.Tools("busybox", "unshare", "chroot");
        var jail = new Jail(Root);
        jail.Copy(Tool.PathOf("busybox"), "/bin/busybox");
        jail.Copy(mode.Program(), "/bin/program");
        File.CreateSymbolicLink(Path.Combine(Root, "bin/sh"), "busybox");
        Folder.Script("root/cgi/count.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\nexec busybox wc -c\n");
        Folder.Write("root/cgi/closed.cgi", "#!/bin/sh\n");
        return new Invocation(mode, "/cgi/")
        {
            Adjust = launch => launch with { Program = Tool.PathOf("unshare"), Arguments = ["--mount", "/bin/sh", "-c", Enter, "enter", Root, there, program, .. program == "/bin/hello" ? [] : launch.Arguments] },
        };
    }
}
