using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>Each error line that docs/troubleshooting.md quotes is provoked, and the programs write it word for word.</summary>
public sealed partial class ErrorLineTests : IDisposable
{
    private const string Section = "What does the line mean?";
    private const string Script = "hello.cgi";

    private static readonly MarkdownFile s_page = MarkdownFile.Read("docs/troubleshooting.md");

    private readonly TemporaryFolder _folder = new();
    private readonly string _target;

    public ErrorLineTests() => _target = _folder.MakeFolder("cgi-bin");

    /// <summary>Status and line, as the page has them.</summary>
    public static TheoryData<string, string> Lines
    {
        get
        {
            var lines = new TheoryData<string, string>();
            foreach (string[] row in s_page.Rows(Section).Where(row => row.Length == 2 && row[0] != "status"))
                lines.Add(row[0], row[1].Trim('`'));
            return lines;
        }
    }

    [Theory, MemberData(nameof(Lines))]
    public async Task A_quoted_error_line_is_the_one_that_the_program_writes(string status, string line)
    {
        (int said, string log) = await ProvokeAsync(line);
        string[] ours = [.. log.Split('\n').Where(candidate => Prefix().IsMatch(candidate))];
        Assert.Equal(line, Words(Assert.Single(ours)).Replace(_target, "/srv/cgi-bin", StringComparison.Ordinal));
        Assert.Equal(status, said.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void The_whole_error_line_that_is_shown_as_an_example_is_one_of_the_quoted_ones()
    {
        CodeBlock example = Assert.Single(s_page.Blocks, block => Prefix().IsMatch(block.Text));
        string line = Assert.Single(example.Lines);
        Assert.Matches(Prefix(), line);
        Assert.Contains(Words(line), s_page.Rows(Section).Select(row => row[^1].Trim('`')));
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Does what leads to the line.</summary>
    private Task<(int Status, string Log)> ProvokeAsync(string line) => line switch
    {
        _ when Says(line, "not executable") => AskAsync(script: "#!/bin/sh\n", isExecutable: false),
        _ when Says(line, "refused a script that is not in") => AskAsync(variables: RequestVariables.For("GET", "/etc/passwd")),
        _ when Says(line, "there is no such script") => AskAsync(variables: RequestVariables.For("GET", $"{_target}/missing.cgi")),
        _ when Says(line, "names no script") => AskAsync(variables: new RequestVariables { { "REQUEST_METHOD", "GET" } }),
        _ when Says(line, "larger than --max-body") => AskAsync(script: "#!/bin/sh\n", options: ["--max-body", "64K"], body: new byte[100_000]),
        _ when Says(line, "which does not exist") => AskAsync(script: "#!/usr/bin/perl5\n"),
        _ when Says(line, "ends in CR") => AskAsync(script: "#!/bin/sh\r\n"),
        _ when Says(line, "this is a FastCGI request") => RunAsync(FastCgiClient.Encode(RequestVariables.For("GET", $"{_target}/{Script}")), []),
        _ when Says(line, "failed (exit status 1)") => AskAsync(script: "#!/bin/sh\necho no module named report >&2\nexit 1\n", options: ["--status"]),
        _ when Says(line, "without writing anything") => AskAsync(script: "#!/bin/sh\n", options: ["--status"]),
        _ when Says(line, "no valid response") => AskAsync(script: "#!/bin/sh\nprintf 'Hello\\n\\n'\n", options: ["--status"]),
        _ when Says(line, "killed (signal 9)") => AskAsync(script: "#!/bin/sh\nkill -KILL $$\n", options: ["--status"]),
        _ when Says(line, "--max allows") => AskBesideAnotherAsync(),
        _ when Says(line, "took longer") => AskAsync(script: "#!/bin/sh\nexec sleep 60\n", options: ["--status", "--timeout", "1"]),
        _ => throw new InvalidDataException($"how to provoke this line is not known: {line}"),
    };

    private async Task<(int Status, string Log)> AskAsync(string? script = null, bool isExecutable = true, RequestVariables? variables = null, string[]? options = null, byte[]? body = null)
    {
        if (script is not null)
        {
            string path = _folder.WriteScript($"cgi-bin/{Script}", script);
            if (!isExecutable)
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return await RunAsync(ScgiClient.Encode(variables ?? RequestVariables.For("GET", $"{_target}/{Script}"), body), options ?? []);
    }

    private async Task<(int Status, string Log)> AskBesideAnotherAsync()
    {
        // A script that says when it runs, and ends when somebody opens the other end of its fifo.
        NamedPipe.Make(_folder.PathTo("end"));
        _folder.WriteScript($"cgi-bin/{Script}", $"#!/bin/sh\n: >{_folder.PathTo("runs")}\nread -r line <{_folder.PathTo("end")}\nprintf 'Content-Type: text/plain\\n\\n'\n");
        Task<(int, string)> first = AskAsync(options: ["--max", "1"]);
        await Patience.UntilAsync(() => File.Exists(_folder.PathTo("runs")), "the first script runs");
        (int, string) second = await AskAsync(options: ["--max", "1"]);
        await File.WriteAllTextAsync(_folder.PathTo("end"), "\n");
        await first;
        return second;
    }

    /// <summary>One request from a file, as one can do without any server.</summary>
    private async Task<(int Status, string Log)> RunAsync(byte[] request, string[] options)
    {
        string file = _folder.Write($"request-{Guid.NewGuid()}", request);
        using Microsoft.Win32.SafeHandles.SafeFileHandle input = File.OpenHandle(file);
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Repository.ScgiRun,
            Arguments = [.. options, _target + "/"],
            Input = input,
        }.WithEnvironment($"TMPDIR={_folder.Path}"));
        Match status = Status().Match(result.OutputText);
        return (status.Success ? int.Parse(status.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : 0, result.ErrorText);
    }

    private static bool Says(string line, string words) => line.Contains(words, StringComparison.Ordinal);

    /// <summary>The line without the program before it and the request after it.</summary>
    private static string Words(string line) => Request().Replace(Prefix().Replace(line, ""), "");

    [GeneratedRegex("; request: [^;]*$")]
    private static partial Regex Request();

    [GeneratedRegex(@"^scgi-run\[\d+\]: [0-9a-f]{8}: ")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"Status: (\d{3})")]
    private static partial Regex Status();
}
