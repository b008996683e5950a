using Shims.Control.Doctor;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>A right that a script's user lacks is computed: which one, on which component of the path; and never is it given to all users.</summary>
public sealed class RefusedAccessTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    private const string Page = "print \"Content-Type: text/plain\\n\\nbody\\n\";\n";

    [Theory, Trait("fault", "A08")]
    [InlineData("700", "chdir 'DATA' or die \"Can't cd to DATA: $!\"", "enter DATA (mode 0700, root:root)")]
    [InlineData("744", "chdir 'DATA' or die \"Can't cd to DATA: $!\"", "enter DATA (mode 0744, root:root)")]
    [InlineData("711", "opendir my $d, 'DATA' or die \"cannot open DATA: $!\"", "list DATA (mode 0711, root:root)")]
    [InlineData("700", "opendir my $d, 'DATA' or die \"cannot open DATA: $!\"", "list or enter DATA (mode 0700, root:root)")]
    [InlineData("755", "open my $f, '>', 'DATA/new' or die \"cannot create DATA/new: $!\"", "write to DATA (mode 0755, root:root)")]
    [InlineData("755", "open my $f, '>>', 'DATA/log' or die \"can't write DATA/log: $!\"", "write to DATA/log (mode 0644, root:root)")]
    [InlineData("755", "open my $f, '<', 'DATA/secret' or die \"DATA/secret: $!\"", "read DATA/secret (mode 0600, root:root)")]
    [InlineData("744", "open my $f, '<', 'DATA/log' or die \"DATA/log: $!\"", "enter DATA (mode 0744, root:root)")]
    public void The_missing_right_is_named_with_the_file_that_lacks_it(string mode, string statement, string lack)
    {
        using var examined = new Examined(programs);
        string data = Prepare(examined, mode);
        Finding finding = examined.The(examined.Script("x.pl", $"#!/usr/bin/perl\n{statement.Replace("DATA", data, StringComparison.Ordinal)};\n{Page}"));
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.EndsWith($"user nobody may not {lack.Replace("DATA", data, StringComparison.Ordinal)}", finding.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("chmod o", $"{finding.Command}{finding.Advice}", StringComparison.Ordinal);
        Assert.True(finding.Command is null || !lack.StartsWith("write", StringComparison.Ordinal), finding.Command);
    }

    [Theory, Trait("fault", "A08")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport os\nos.chdir('DATA')\n", "enter DATA")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport os\nos.listdir('DATA')\n", "list DATA")]
    [InlineData("x.sh", "#!/bin/sh\nset -e\ncd DATA\n", "enter DATA")]
    [InlineData("x.bash", "#!/bin/bash\nset -e\ncd DATA\n", "enter DATA")]
    [InlineData("x.sh", "#!/bin/sh\nset -e\necho x > DATA/log\n", "enter DATA")]
    public void Each_languages_words_for_it_are_known(string name, string source, string lack)
    {
        using var examined = new Examined(programs);
        string data = Prepare(examined, lack.StartsWith("list", StringComparison.Ordinal) ? "711" : "744");
        Finding finding = examined.LookAt(examined.Script(name, source.Replace("DATA", data, StringComparison.Ordinal)))[0];
        Assert.Contains($"user nobody may not {lack.Replace("DATA", data, StringComparison.Ordinal)}", finding.Cause, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "A08")]
    public async Task After_the_command_is_run_the_script_works()
    {
        Requires.Tools("setfacl");
        using var examined = new Examined(programs);
        string data = Prepare(examined, "700"), script = examined.Script("x.pl", $"#!/usr/bin/perl\nchdir '{data}' or die \"Can't cd to {data}: $!\";\n{Page}");
        for (Finding finding = examined.The(script); finding.Severity == Severity.Error; finding = examined.The(script))
        {
            Assert.NotNull(finding.Command);
            await Command.RunAsync("/bin/sh", ["-c", finding.Command]);
        }
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(data) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute));
    }

    [Theory, Trait("fault", "A10")]
    [InlineData("Could not open CGI config file '/SECRET' for reading!")]
    [InlineData("<p>Error: Couldn't open config file \"/SECRET\" : No such file or directory</p>")]
    [InlineData("<p>repository does not exist or is in an unreadable directory: /SECRET</p>")]
    [InlineData("/SECRET: Permission denied")]
    public void A_page_that_complains_of_a_file_is_explained_by_the_right_that_is_missing(string words)
    {
        using var examined = new Examined(programs);
        string secret = Path.Combine(Prepare(examined, "755"), "secret");
        string page = words.Replace("/SECRET", secret, StringComparison.Ordinal);
        Finding finding = examined.The(examined.Script("x.sh", $"#!/bin/sh\ncat <<'E'\nContent-Type: text/html\n\n{page}\nE\n"));
        Assert.Equal((Severity.Error, $"it is refused {secret}: user nobody may not read {secret} (mode 0600, root:root)"), (finding.Severity, finding.Cause));
        Examined.Chmod(secret, "644");
        Assert.Equal(Severity.Good, examined.The(Path.Combine(examined.Folder, "x.sh")).Severity);
    }

    private static string Prepare(Examined examined, string mode)
    {
        Examined.Chmod(examined.Write("data/log", "x"), "644");
        Examined.Chmod(examined.Write("data/secret", "x"), "600");
        string data = examined.PathTo("data");
        Examined.Chmod(data, mode);
        return data;
    }
}
