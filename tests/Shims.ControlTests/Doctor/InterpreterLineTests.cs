using Shims.Control.Doctor.Scripts;

namespace Shims.ControlTests.Doctor;

/// <summary>The first line of a script, as the kernel and env take it.</summary>
public sealed class InterpreterLineTests
{
    [Theory]
    [InlineData("/bin/sh", "/bin/sh", null, "")]
    [InlineData(" /usr/bin/perl -w -T\r", "/usr/bin/perl", null, "-w -T")]
    [InlineData("/usr/bin/env python3", "/usr/bin/env", "python3", "")]
    [InlineData("/usr/bin/env -S perl -w -T", "/usr/bin/env", "perl", "-w|-T")]
    [InlineData("/usr/bin/env -S -i A=b python3 -u", "/usr/bin/env", "python3", "-u")]
    [InlineData("/usr/bin/env --split-string=-u HOME ruby", "/usr/bin/env", "ruby", "")]
    [InlineData("/usr/bin/env", "/usr/bin/env", null, "")]
    public void Says_what_is_started_with_which_arguments(string line, string program, string? envProgram, string arguments)
    {
        InterpreterLine? parsed = InterpreterLine.Parse(line);
        Assert.Equal((program, envProgram, arguments), (parsed?.Program, parsed?.EnvProgram, string.Join('|', parsed?.Arguments ?? [])));
        Assert.False(parsed!.LacksSplit);
    }

    [Fact]
    public void Several_words_behind_env_are_one_without_its_option()
    {
        InterpreterLine? parsed = InterpreterLine.Parse("/usr/bin/env python3 -u");
        Assert.Equal((true, "python3 -u"), (parsed!.LacksSplit, parsed.EnvProgram));
    }

    [Fact]
    public void A_PATH_on_the_line_itself_counts() => Assert.Equal("/opt/bin", InterpreterLine.Parse("/usr/bin/env -S PATH=/opt/bin tool")?.OwnPath);

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r")]
    public void A_line_that_names_nothing_is_none(string line) => Assert.Null(InterpreterLine.Parse(line));
}
