using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>A script that a test breaks: doctor looks at it for the user nobody, and requests are sent to it as that user.</summary>
internal sealed class BrokenScript : IDisposable
{
    private const string User = "nobody";

    private readonly DoctorPrograms _programs;
    private readonly TemporaryFolder _folder = new();

    /// <param name="programs">What to look with.</param>
    /// <param name="name">What the script is called.</param>
    /// <param name="source">What is in it.</param>
    internal BrokenScript(DoctorPrograms programs, string name, string source)
    {
        Requires.That(CurrentUser.Id == 0, "root, to run programs as somebody else");
        _programs = programs;
        // Every command must survive such a path.
        Script = _folder.WriteScript($"it's a \"site\"/cgi bin/{name}", source);
    }

    /// <summary>The script's path.</summary>
    internal string Script { get; }

    /// <summary>The folder that it is in.</summary>
    internal string Folder => Path.GetDirectoryName(Script)!;

    /// <summary>The folder above that.</summary>
    internal string Site => Path.GetDirectoryName(Folder)!;

    /// <summary>What doctor is started with, beside what every test needs.</summary>
    internal IReadOnlyList<string> Options { get; set; } = LogKept;

    /// <summary>A gateway about whose log there is nothing to say, whatever this machine has for that.</summary>
    internal static IReadOnlyList<string> LogKept { get; } = ["--gateway", "scgi-run --stderr inherit"];

    /// <summary>Variables that doctor has and scripts do not: NAME=VALUE.</summary>
    internal IReadOnlyList<string> Shell { get; set; } = [];

    /// <summary>The body of requests.</summary>
    internal byte[] Body { get; set; } = [];

    /// <summary>What requests have behind the question mark.</summary>
    internal string Query { get; set; } = "";

    /// <summary>The process in whose namespace of mounts everything is done; 0: in the test's own.</summary>
    internal int Mounts { get; set; }

    /// <summary>Lets doctor look, and returns what it would do about it.</summary>
    internal async Task<IReadOnlyList<DoctorFinding>> ExamineAsync()
    {
        LaunchResult result = await DoctorAsync("--json");
        Assert.True(result.ExitCode is 0 or 1, result.ErrorText);
        using var findings = JsonDocument.Parse(result.OutputText);
        DoctorFinding[] complaints = [.. findings.RootElement.EnumerateArray().Select(DoctorFinding.Read).Where(complaint => complaint.Severity != "good")];
        Assert.Equal(complaints.Any(complaint => complaint.Severity == "error") ? 1 : 0, result.ExitCode);
        return complaints;
    }

    /// <summary>What doctor prints.</summary>
    internal async Task<LaunchResult> DoctorAsync(params string[] further) => await Launcher.RunAsync(Enter(new Launch
    {
        Program = Path.Combine(_programs.Folder, "shimctl"),
        Arguments = ["doctor", "--user", User, .. Options, .. further, Script],
        Folder = "/",
    }.WithEnvironment(Shell)));

    /// <summary>What doctor prints if the user nobody asks.</summary>
    /// <param name="user">Who the script is to run as.</param>
    internal async Task<LaunchResult> DoctorAsNobodyAsync(string user) => await Launcher.RunAsync(new Launch
    {
        Program = Tool.PathOf("setpriv"),
        Arguments = [$"--reuid={User}", "--regid=65534", "--clear-groups", Path.Combine(_programs.Folder, "shimctl"), "doctor", "--user", user, Script],
        Folder = "/",
    });

    /// <summary>Lets doctor look at something that has one fault, and returns that.</summary>
    internal async Task<DoctorFinding> FindAsync() => Assert.Single(await ExamineAsync());

    /// <summary>Runs a cure as it was printed.</summary>
    internal static async Task CureAsync(DoctorFinding complaint)
    {
        Assert.NotNull(complaint.Command);
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = "/bin/sh", Arguments = ["-c", complaint.Command], Folder = "/" });
        Assert.True(result.ExitCode == 0, $"{complaint.Command}: {result.ErrorText}");
    }

    /// <summary>Sees to it that doctor has nothing to say against the script, and that a request to it succeeds.</summary>
    internal async Task<ScriptReply> IsWellAsync()
    {
        Assert.Empty(await ExamineAsync());
        return await RequestAsync();
    }

    /// <summary>One request, through the gateway and as the user.</summary>
    /// <param name="options">Of the gateway.</param>
    internal async Task<ScriptReply> RequestAsync(params string[] options)
    {
        using SocketPair pair = SocketPair.Create();
        await using LaunchedProgram program = Launcher.Start(Enter(new Launch
        {
            Program = Tool.PathOf("setpriv"),
            Arguments = [$"--reuid={User}", "--regid=65534", "--clear-groups", Path.Combine(_programs.Folder, "scgi-run"), .. options, Script],
            Input = pair.Far.SafeHandle,
            Output = pair.Far.SafeHandle,
            Environment = [],
            Folder = "/",
        }));
        pair.Far.Dispose();
        using var connection = new Connection(pair.Near);
        Received received = await ScgiClient.ExchangeAsync(connection, RequestVariables.For(Body.Length == 0 ? "GET" : "POST", Script, query: Query), Body);
        LaunchResult result = await program.WaitAsync();
        Assert.True(received.Bytes.Length > 0, result.ErrorText);
        return ScriptReply.Parse(received.Bytes);
    }

    /// <summary>What the gateway logs when it runs the script, with the request from a file.</summary>
    internal async Task<LaunchResult> LogAsync()
    {
        string request = _folder.Write("request", ScgiClient.Encode(RequestVariables.For("GET", Script), []));
        using SafeFileHandle input = File.OpenHandle(request);
        return await Launcher.RunAsync(new Launch { Program = Path.Combine(_programs.Folder, "scgi-run"), Arguments = [Script], Input = input });
    }

    /// <summary>Changes the script by hand, as somebody would who has read what doctor said.</summary>
    internal void Rewrite(string old, string text) => File.WriteAllText(Script, File.ReadAllText(Script).Replace(old, text, StringComparison.Ordinal));

    public void Dispose() => _folder.Dispose();

    private Launch Enter(Launch launch) => Mounts == 0 ? launch
        : launch with { Program = Tool.PathOf("nsenter"), Arguments = [$"--mount=/proc/{Mounts}/ns/mnt", "--", launch.Program, .. launch.Arguments] };
}
