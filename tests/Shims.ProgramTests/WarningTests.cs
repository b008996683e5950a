using System.Text;

namespace Shims.ProgramTests;

/// <summary>fcgi-run holds a script's warnings back until the header has gone out: before it they would take up the web server's buffer for the header.</summary>
public sealed class WarningTests : ProgramTest
{
    private const int Held = 65_536;

    public static TheoryData<string, int> Amounts => new MatrixTheoryData<string, int>(["before", "inside", "after"], [1, 3999, 4200, Held, Held + 1, 500_000]);

    [Theory, MemberData(nameof(Amounts)), Trait("fault", "N3")]
    public async Task No_warning_goes_out_before_the_header(string place, int amount)
    {
        string warn = $"print STDERR 'w' x {amount - 1}, \"\\n\";";
        string script = Folder.Perl($$"""
            {{(place == "before" ? warn : "")}}
            print "Content-Type: text/plain\n";
            {{(place == "inside" ? warn : "")}}
            print "X-Some: header\n\n";
            print "page\n";
            {{(place == "after" ? warn : "")}}
            """);
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script));
        Assert.True(answer is { Status: 200, Body: "page\n", BrokeOff: false }, answer.ToString());
        IReadOnlyList<FastCgiRecord> records = answer.Records!.Records;
        Assert.Equal(FastCgiRecordType.Stdout, records[0].Type);
        Assert.Contains("\r\n\r\n", Encoding.Latin1.GetString(records[0].Content), StringComparison.Ordinal);
        // What was not held back went to the shim's own log, and nothing got lost.
        Assert.Equal(amount, answer.Records.Error.Length + answer.Log.Length);
        // What is still in the pipe when the header comes goes out after it.
        if (place != "after")
            Assert.InRange(answer.Records.Error.Length, Math.Min(amount, Held), amount);
    }

    [Fact, Trait("fault", "N3")]
    public async Task The_line_about_a_failure_goes_out_after_the_header_of_the_error_page()
    {
        string missing = Folder.PathTo("missing.cgi");
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, missing).AskAsync(RequestVariables.For("GET", missing));
        Assert.Equal(FastCgiRecordType.Stdout, answer.Records!.Records[0].Type);
        Assert.Contains(missing, answer.Records.Error, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "N3")]
    public async Task Warnings_of_a_request_whose_peer_has_left_before_the_header_are_in_the_log()
    {
        Witness witness = Folder.Witness();
        string script = Folder.Shell($"echo WARNING >&2; {witness.Appear}; exec sleep 100");
        await using ListeningProgram program = new Invocation(RunModeUnderTest.FastCgi, script).Listen();
        await using Conversation conversation = await program.ConnectAsync();
        await conversation.SendAsync(RequestVariables.For("GET", script));
        await witness.LineAsync();
        conversation.HangUp();
        await program.WaitForLogAsync("WARNING");
    }

    [Fact, Trait("fault", "N3")]
    public async Task HAProxy_which_crashes_on_it_is_sent_no_error_output_apart_from_the_header()
    {
        string script = Folder.Shell("printf 'Content-Type: text/plain\\n\\npage'; sleep 0.1; echo WARNING >&2");
        Response answer = await new Invocation(RunModeUnderTest.FastCgi, script).AskAsync(RequestVariables.For("GET", script).With("SERVER_SOFTWARE", "HAProxy 2.6.12-1+deb12u4"));
        Assert.True(answer is { Body: "page", Records.Error: "", Log: "WARNING\n" }, answer.ToString());
    }
}
