using System.Text.RegularExpressions;

namespace Shims.ProgramTests;

/// <summary>What runs before the runtime and what runs after it: nobody can tell which of them it was.</summary>
public sealed partial class EarlyAndOrdinaryTests : ProgramTest
{
    [Theory]
    [InlineData("plain")]
    [InlineData("in a directory")]
    [InlineData("with PATH_INFO")]
    [InlineData("through a link")]
    [InlineData("with a body")]
    [InlineData("a value of 5000 bytes")]
    [InlineData("values of 200 KB together")]
    [InlineData("names that repeat and names that are held back")]
    [InlineData("bytes that are no text")]
    public async Task A_script_finds_the_same_environment_and_the_client_the_same_bytes(string request)
    {
        // It takes its body, because one left lying would reset the connection.
        string script = Folder.Perl("""
            read STDIN, my $body, $ENV{CONTENT_LENGTH} // 0;
            print "Content-Type: text/plain\n\n", length $body, "|@ARGV|";
            open(my $environment, '<:raw', '/proc/self/environ') or die;
            local $/;
            print <$environment>;
            """, "real.cgi");
        string target = script;
        RequestVariables variables = RequestVariables.For("GET", script);
        ReadOnlyMemory<byte> body = default;
        switch (request)
        {
            case "in a directory":
                target = Folder.Target;
                break;
            case "with PATH_INFO":
                target = Folder.Target;
                variables = variables.With("SCRIPT_FILENAME", script + "/some/where").With("SCRIPT_NAME", "/real.cgi/some/where");
                break;
            case "through a link":
                target = Folder.Target;
                File.CreateSymbolicLink(Folder.PathTo("link.cgi"), script);
                variables = variables.With("SCRIPT_FILENAME", Folder.PathTo("link.cgi")).With("SCRIPT_NAME", "/link.cgi");
                break;
            case "with a body":
                variables = RequestVariables.For("POST", script);
                body = new byte[10_000];
                break;
            case "a value of 5000 bytes":
                variables.Add("HTTP_COOKIE", new string('c', 5000));
                break;
            case "values of 200 KB together":
                for (int i = 0; i < 20; i++)
                    variables.Add($"HTTP_X_{i}", new string((char)('a' + i), 10_000));
                break;
            case "names that repeat and names that are held back":
                foreach (string name in (string[])["HTTP_ACCEPT", "HTTP_ACCEPT", "HTTP_PROXY", "LD_PRELOAD", "PATH", "HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_COOKIE", "BAD-NAME"])
                    variables.Add(name, "value of " + name);
                break;
            case "bytes that are no text":
                variables.Add("HTTP_X_BYTES"u8.ToArray(), [0xff, 0xfe, 0x80, 0x01]);
                break;
        }
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            (Response early, Response ordinary) = await AskBothAsync(mode, target, variables, body);
            Assert.Equal(BytesOf(ordinary), BytesOf(early));
            // Of names that are held back there is one line.
            int lines = variables.Any(variable => variable.Name.AsSpan().SequenceEqual("LD_PRELOAD"u8)) ? 1 : 0;
            Assert.Equal((0, lines, false), (early.ExitCode, early.LogLines.Count, early.BrokeOff));
            Assert.Equal((0, lines, false), (ordinary.ExitCode, ordinary.LogLines.Count, ordinary.BrokeOff));
            Assert.Equal(ProcessPattern().Replace(ordinary.Log, ""), ProcessPattern().Replace(early.Log, ""));
            Assert.Contains("REQUEST_METHOD=", early.Body, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("no such script")]
    [InlineData("not executable")]
    [InlineData("an interpreter that does not exist")]
    [InlineData("a line end of Windows")]
    [InlineData("a parent directory")]
    [InlineData("a NUL where none may be")]
    public async Task A_script_that_cannot_be_run_is_explained_in_the_same_words(string fault)
    {
        string script = Folder.EnvironmentScript("real.cgi");
        RequestVariables variables = RequestVariables.For("GET", script);
        string target = Folder.Target;
        switch (fault)
        {
            case "no such script":
                variables = variables.With("SCRIPT_FILENAME", Folder.PathTo("missing.cgi"));
                break;
            case "not executable":
                target = Folder.Write("plain.cgi", "#!/bin/sh\n");
                break;
            case "an interpreter that does not exist":
                target = Folder.Script("bad.cgi", "#!/usr/bin/nothing-of-this-name\n");
                break;
            case "a line end of Windows":
                target = Folder.Script("bad.cgi", "#!/bin/sh\r\n");
                break;
            case "a parent directory":
                variables = variables.With("SCRIPT_FILENAME", Folder.PathTo("../real.cgi"));
                break;
            case "a NUL where none may be":
                variables.Add("HTTP_X"u8.ToArray(), [(byte)'a', 0, (byte)'b']);
                break;
        }
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.FastCgi])
        {
            (Response early, Response ordinary) = await AskBothAsync(mode, target, variables);
            Assert.NotEmpty(early.LogLines);
            Assert.Equal(Neutral(ordinary), Neutral(early));
        }
    }

    [Theory]
    [InlineData("printf 'Content-Type: text/plain\\n\\nbody'")]
    [InlineData("printf 'Status: 404 Not Found\\r\\nX: y\\r\\n\\r\\nbody'; echo warning >&2")]
    [InlineData("printf 'Location: http://127.0.0.1/\\n\\n'")]
    [InlineData("printf 'Content-Type: text/plain\\n\\n'; head -c 300000 /dev/zero")]
    [InlineData("printf 'Content-Type: text/plain\\n\\nfirst'; sleep 0.1; printf second")]
    [InlineData("printf 'Content-Type: text/plain\\n\\nbody'; exit 3")]
    [InlineData("(sleep 0.2; printf late) & printf 'Content-Type: text/plain\\n\\nbody'")]
    public async Task By_FastCGI_a_response_is_the_same_in_all_its_streams(string body)
    {
        string script = Folder.Shell(body);
        (Response early, Response ordinary) = await AskBothAsync(RunModeUnderTest.FastCgi, script, RequestVariables.For("GET", script));
        Assert.Equal(BytesOf(ordinary), BytesOf(early));
        Assert.Equal((ordinary.ExitCode, ordinary.BrokeOff, Neutral(ordinary)), (early.ExitCode, early.BrokeOff, Neutral(early)));
        Assert.Equal(ordinary.Records!.ApplicationStatus, early.Records!.ApplicationStatus);
        Assert.True(early.Records.IsComplete);
    }

    [Fact]
    public async Task By_FastCGI_a_response_shorter_than_its_Content_Length_breaks_off_in_both()
    {
        string script = Folder.Shell("printf 'Content-Length: 9\\n\\nshort'");
        (Response early, Response ordinary) = await AskBothAsync(RunModeUnderTest.FastCgi, script, RequestVariables.For("GET", script));
        Assert.False(early.Records!.IsComplete || ordinary.Records!.IsComplete, early.ToString());
        Assert.Equal((ordinary.ExitCode, ordinary.BrokeOff, Neutral(ordinary)), (early.ExitCode, early.BrokeOff, Neutral(early)));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("exit 1")]
    [InlineData("printf 'no header'")]
    [InlineData("kill -9 $$")]
    public async Task By_FastCGI_a_failure_is_explained_in_the_same_words(string body)
    {
        string script = Folder.Shell(body);
        (Response early, Response ordinary) = await AskBothAsync(RunModeUnderTest.FastCgi, script, RequestVariables.For("GET", script));
        Assert.NotEmpty(early.LogLines);
        Assert.Equal(Neutral(ordinary), Neutral(early));
    }

    [Fact]
    public async Task A_script_that_runs_before_the_runtime_does_is_not_run_again()
    {
        string script = Folder.Shell($"echo run >>{Folder.PathTo("runs")}; printf 'Content-Type: text/plain\\n\\nserved'");
        foreach (string method in (string[])["GET", "POST"])
        {
            Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For(method, script), method == "POST" ? "body"u8.ToArray() : default);
            Assert.True(answer.Body == "served", answer.ToString());
        }
        Assert.Equal(["run", "run"], File.ReadAllLines(Folder.PathTo("runs")));
    }

    [Fact]
    public async Task A_header_that_comes_byte_by_byte_is_waited_for_by_both()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\nserved'");
        byte[] request = ScgiClient.Encode(RequestVariables.For("GET", script), []);
        foreach (RunModeUnderTest mode in (RunModeUnderTest[])[RunModeUnderTest.Plain, RunModeUnderTest.Ordinary])
        {
            await using Conversation conversation = new Invocation(mode, script).Connect();
            foreach (byte part in request)
            {
                await conversation.TrySendAsync(new[] { part });
                await Task.Yield();
            }
            Response answer = await conversation.FinishAsync();
            Assert.True(answer.Body == "served", answer.ToString());
        }
    }

    private static async Task<(Response Early, Response Ordinary)> AskBothAsync(RunModeUnderTest mode, string target, RequestVariables variables, ReadOnlyMemory<byte> body = default)
    {
        string[] environment = ["TZ=Europe/Berlin", "LANG=C.UTF-8", "LC_TIME=C", "SECRET=token", "TMPDIR=/tmp"];
        Response early = await new Invocation(mode, target) { Arguments = ["one", ""], Environment = environment }.AskAsync(variables, body);
        Response ordinary = await new Invocation(mode, target) { Arguments = ["one", ""], Environment = [.. environment, .. RunModeUnderTest.Ordinary.Environment()] }.AskAsync(variables, body);
        return (early, ordinary);
    }

    /// <summary>The response without its id.</summary>
    private static string BytesOf(Response answer) => RequestIdHeader().Replace(System.Text.Encoding.Latin1.GetString(answer.Bytes), "X-Request-Id: ID", 1);

    /// <summary>Without what differs from process to process.</summary>
    private static string Neutral(Response answer) => RequestIdPattern().Replace(ProcessPattern().Replace(answer.ToString(), "[PID]"), "ID");

    [GeneratedRegex("X-Request-Id: [0-9a-f]{8}")]
    private static partial Regex RequestIdHeader();

    [GeneratedRegex(@"\b[0-9a-f]{8}\b")]
    private static partial Regex RequestIdPattern();

    [GeneratedRegex(@"\[\d+\](?=:)")]
    private static partial Regex ProcessPattern();
}
