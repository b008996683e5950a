using Shims.Cgi;

namespace Shims.Tests.Cgi;

/// <summary>Programs that run scripts of others, by their names.</summary>
public sealed class InterpreterNamesTests
{
    [Theory]
    [InlineData("/usr/bin/php-cgi", ".php"), InlineData("/usr/bin/php-cgi8.2", ".php"), InlineData("/opt/remi/bin/php82-cgi", ".php"), InlineData("/usr/bin/ea-php82", ".php")]
    [InlineData("/usr/local/bin/lsphp", ".php"), InlineData("/usr/bin/php", ".php"), InlineData("/usr/bin/php8.2", ".php")]
    [InlineData("/usr/bin/perl", ".pl"), InlineData("/usr/bin/perl5.36-x86_64-linux-gnu", ".pl"), InlineData("/usr/bin/python3.11", ".py"), InlineData("python3", ".py"), InlineData("/bin/dash", ".sh")]
    public void An_interpreter_is_known_by_its_name_with_any_version(string path, string extension)
    {
        Assert.True(InterpreterNames.Contains(Latin1.Bytes(path)));
        Assert.Equal(extension, InterpreterNames.ExtensionOf(Latin1.Bytes(path)));
    }

    [Theory]
    [InlineData("/srv/cgi-bin/phpliteadmin.php"), InlineData("/srv/cgi-bin/php-report.cgi"), InlineData("/srv/cgi-bin/perl5-report.cgi"), InlineData("/srv/cgi-bin/python.cgi"), InlineData("/srv/cgi-bin/ls"), InlineData("/")]
    public void A_script_with_such_a_word_in_its_name_is_not_an_interpreter(string path)
    {
        Assert.False(InterpreterNames.Contains(Latin1.Bytes(path)));
        Assert.Null(InterpreterNames.ExtensionOf(Latin1.Bytes(path)));
    }

    [Theory, InlineData("/usr/bin/php", true), InlineData("/usr/bin/php8.2", true), InlineData("/usr/bin/php82-cli", true), InlineData("/usr/bin/php-cgi", false), InlineData("/usr/bin/lsphp", false), InlineData("/usr/bin/perl", false)]
    public void PHP_of_the_command_line_is_told_from_the_one_for_the_web(string path, bool isOfCommandLine) =>
        Assert.Equal(isOfCommandLine, InterpreterNames.IsPhpOfCommandLine(Latin1.Bytes(path)));
}
