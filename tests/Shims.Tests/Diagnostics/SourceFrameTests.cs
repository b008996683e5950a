using Shims.Diagnostics;

namespace Shims.Tests.Diagnostics;

/// <summary>The line of a stack trace that a developer is shown.</summary>
public sealed class SourceFrameTests
{
    [Theory]
    [InlineData("   at Notes.Store.Save(String text) in /srv/notes/notes.cs:line 38", "Notes.Store.Save", "/srv/notes/notes.cs", 38)]
    [InlineData("at Program.<>c.<<Main>$>b__0_0(CgiRequest request, CgiResponse response) in /srv/a.cs:line 7", "a lambda expression", "/srv/a.cs", 7)]
    [InlineData("at Program.<<Main>$>g__Save|0_3(String text) in /srv/a b/c) in d.cs:line 7", "Save", "d.cs", 7)]
    [InlineData("at Program.<Main>$(String[] args) in /srv/a.cs:line 2", "the statements of the file", "/srv/a.cs", 2)]
    public void A_frame_with_a_line_is_its_method_its_file_and_its_line(string trace, string method, string file, int line) =>
        Assert.Equal(new SourceFrame(method, file, line), SourceFrame.FindFirst(trace));

    [Fact]
    public void The_first_frame_with_a_line_is_found_among_those_of_the_runtime()
    {
        const string trace = "System.InvalidOperationException: in /tmp/no.cs:line 1\n ---> System.Exception: x\n   at System.String.Join(String a)\n"
            + "   at Inner.Do() in /srv/in.cs:line 5\n   --- End of inner exception stack trace ---\n   at Outer.Do() in /srv/out.cs:line 6\n";
        Assert.Equal(new SourceFrame("Inner.Do", "/srv/in.cs", 5), SourceFrame.FindFirst(trace));
    }

    [Theory, InlineData(""), InlineData("at A.B()"), InlineData("at A.B() in /srv/a.cs"), InlineData("at A.B() in /srv/a.cs:line "), InlineData("at A.B() in /srv/a.cs:line x"), InlineData("at :line 3) in ")]
    public void A_trace_without_a_line_has_no_frame(string trace) => Assert.Null(SourceFrame.FindFirst(trace));
}
