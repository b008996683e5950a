using System.Text;
using Microsoft.Win32.SafeHandles;
using Shims.Testing;

namespace Shims.ControlTests.Capsules;

/// <summary>A script behind a gateway that keeps every request.</summary>
/// <remarks>shimctl refuses capsules that root owns. So, as root, the gateway runs as the user nobody, with copies of the programs that this user may run.</remarks>
internal sealed class RecordedSite : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private readonly Doctor.DoctorPrograms? _programs;

    internal RecordedSite(Doctor.DoctorPrograms? programs = null)
    {
        _programs = programs;
        Directory.CreateDirectory(PathTo("capsules"));
        if (IsNobodys)
            Assert.Equal(0, Mono.Unix.Native.Syscall.chown(PathTo("capsules"), Nobody, Nobody));
    }

    private const int Nobody = 65534;

    private bool IsNobodys => _programs is not null && CurrentUser.Id == 0;

    /// <summary>A program that the user nobody may run.</summary>
    internal string Program(string name) => _programs is null ? Repository.Program(name) : Path.Combine(_programs.Folder, name);

    /// <summary>A directory in which every user may write.</summary>
    internal void MakeShared() => File.SetUnixFileMode(_folder.MakeFolder("shared"), (UnixFileMode)0b111_111_111);

    internal string PathTo(string relative) => _folder.PathTo(relative);

    /// <summary>Writes the script.</summary>
    /// <remarks>Another process does it: processes that tests start inherit descriptors of this one for a moment, and a file that is open for writing cannot be executed (ETXTBSY).</remarks>
    internal string Script(string source)
    {
        Launch install = new() { Program = Tool.PathOf("install"), Arguments = ["-m", "755", _folder.Write("source", source), PathTo("script.cgi")] };
        Assert.Equal(0, Launcher.RunAsync(install).GetAwaiter().GetResult().ExitCode);
        return PathTo("script.cgi");
    }

    /// <summary>Sends a request to a script.</summary>
    /// <param name="program">scgi-run or fcgi-run.</param>
    /// <param name="script">The script, and ARGs.</param>
    /// <param name="request">All bytes of the request.</param>
    /// <param name="options">Options, in addition to those of the recording.</param>
    /// <returns>The response of the gateway, and the path of the capsule.</returns>
    internal async Task<(LaunchResult Result, string Capsule)> KeepAsync(string program, IReadOnlyList<string> script, byte[] request, params string[] options)
    {
        string file = _folder.Write("request", request);
        using SafeFileHandle input = File.OpenHandle(file);
        var launch = new Launch { Program = Program(program), Arguments = ["--record", PathTo("capsules"), "--record-all", .. options, .. script], Input = input };
        LaunchResult result = await Launcher.RunAsync(IsNobodys ? AsNobody(launch) : launch);
        return (result, Assert.Single(Directory.GetFiles(PathTo("capsules"))));
    }

    /// <summary>Runs shimctl.</summary>
    internal static Task<LaunchResult> ShimctlAsync(params string[] arguments) =>
        Launcher.RunAsync(new Launch { Program = Repository.Program("shimctl"), Arguments = arguments, Folder = "/" }.WithEnvironment("UNRELATED=1"));

    /// <summary>Runs shimctl as the user nobody.</summary>
    internal Task<LaunchResult> ShimctlAsNobodyAsync(params string[] arguments) =>
        Launcher.RunAsync(AsNobody(new Launch { Program = Program("shimctl"), Arguments = arguments, Folder = "/" }));

    internal static byte[] Body(int length) => [.. Enumerable.Range(0, length).Select(static i => (byte)('a' + i % 26))];

    /// <summary>The response, without FastCGI's records.</summary>
    internal static string ResponseOf(string program, LaunchResult result)
    {
        if (program == "scgi-run")
            return Encoding.Latin1.GetString(result.Output);
        var text = new StringBuilder();
        // FastCGI 1.0 section 3.3: version, type, request (2), length (2), padding, reserved.
        for (int at = 0; at < result.Output.Length;)
        {
            int length = result.Output[at + 4] << 8 | result.Output[at + 5];
            if (result.Output[at + 1] == (byte)FastCgiRecordType.Stdout)
                text.Append(Encoding.Latin1.GetString(result.Output, at + 8, length));
            at += 8 + length + result.Output[at + 6];
        }
        return text.ToString();
    }

    private static Launch AsNobody(Launch launch) =>
        launch with { Program = Tool.PathOf("setpriv"), Arguments = ["--reuid=65534", "--regid=65534", "--clear-groups", launch.Program, .. launch.Arguments] };

    public void Dispose() => _folder.Dispose();
}
