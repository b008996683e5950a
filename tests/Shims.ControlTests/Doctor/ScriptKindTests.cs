using Shims.Control.Doctor;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>Doctor tells scripts from what only looks like them: libraries, configuration files, pictures, interpreters; and knows set-id programs.</summary>
public sealed class ScriptKindTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    private const string Works = "#!/bin/sh\necho 'Content-Type: text/plain'\necho\necho works\n";

    [Theory, Trait("fault", "A07"), Trait("fault", "D8")]
    [InlineData("common.pl", "#!/usr/bin/perl\n$x = 1;\n1;\n"), InlineData("lib/tools.py", "#!/usr/bin/python3\nx = 1\n"), InlineData("old.cgi", Works)]
    public void A_file_that_is_not_executable_is_no_fault_where_it_is_a_library(string name, string source)
    {
        using var examined = new Examined(programs);
        examined.Script("site/x.cgi", $"#!/bin/sh\nif false; then\n. ./{Path.GetFileName(name)}\nfi\n{Works[10..]}");
        examined.Write($"site/{name}", source);
        Finding[] findings = examined.LookAt(examined.PathTo("site"));
        Assert.All(findings, finding => Assert.Equal(Severity.Good, finding.Severity));
        Assert.StartsWith("not executable, so it is not a script for visitors", findings.Single(finding => finding.Subject.EndsWith(name, StringComparison.Ordinal)).Cause, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "A07")]
    public void A_link_to_a_configuration_file_is_no_fault_and_is_not_made_executable()
    {
        using var examined = new Examined(programs);
        examined.Script("site/x.cgi", Works);
        File.CreateSymbolicLink(examined.PathTo("site/app.cfg"), examined.Write("etc/app.cfg", "#!/usr/bin/perl\n$x = 1;\n1;\n"));
        Assert.All(examined.LookAt(examined.PathTo("site")), finding => Assert.Equal((Severity.Good, null), (finding.Severity, finding.Command)));
    }

    [Theory, Trait("fault", "A07")]
    [InlineData("style.css", "body { }"), InlineData("logo.png", "\u0089PNG"), InlineData("Module.pm", "package Module; 1;"), InlineData("page.html", "<p>")]
    public void A_file_that_is_executable_by_accident_is_not_called_a_script(string name, string text)
    {
        using var examined = new Examined(programs);
        string script = examined.Script("site/x.cgi", Works);
        examined.Script($"site/{name}", text);
        Finding finding = Assert.Single(examined.LookAt(examined.PathTo("site")));
        Assert.Equal((Severity.Good, script), (finding.Severity, finding.Subject));
    }

    [Theory, Trait("fault", "D8")]
    [InlineData("x.sh", "echo 1"), InlineData("x.py", "print(1)"), InlineData("x.cgi", Works)]
    public void A_folder_where_no_file_is_executable_has_them_all_forgotten(string name, string source)
    {
        using var examined = new Examined(programs);
        examined.Write($"site/{name}", source);
        Finding[] findings = [.. examined.LookAt(examined.PathTo("site")).Where(finding => finding.Subject.EndsWith(name, StringComparison.Ordinal))];
        Assert.Equal((Severity.Error, "it is not executable"), (findings[0].Severity, findings[0].Cause));
        // Two faults have two names.
        Assert.Equal(findings.Length, findings.Select(finding => finding.Cause).Distinct().Count());
    }

    [Theory, Trait("fault", "F26"), Trait("fault", "A05")]
    [InlineData("/usr/bin/php-cgi", "php-cgi runs the file that SCRIPT_FILENAME names", "write the folder of the pages as TARGET, and before it: --interpreter .php=/usr/bin/php-cgi --index index.php")]
    [InlineData("/usr/bin/perl", "perl is an interpreter and not a script", "write the folder of its scripts as TARGET, and before it --interpreter .pl=/usr/bin/perl")]
    public void An_interpreter_in_the_place_of_a_script_is_an_error(string interpreter, string cause, string advice)
    {
        Requires.Tools(Path.GetFileName(interpreter));
        using var examined = new Examined(programs);
        Finding finding = examined.LookAt(interpreter)[0];
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.StartsWith(cause, finding.Cause, StringComparison.Ordinal);
        Assert.StartsWith(advice, finding.Advice, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "A05")]
    public void An_interpreter_that_is_told_its_page_is_well()
    {
        Requires.Tools("php-cgi");
        using var examined = new Examined(programs);
        string page = examined.Write("page.php", "<?php echo 'works';");
        examined.Settings = examined.Settings with { Gateway = [.. examined.Settings.Gateway, "--env", $"SCRIPT_FILENAME={page}", "--env", "REDIRECT_STATUS=200"] };
        Finding finding = examined.The("/usr/bin/php-cgi");
        Assert.Equal(Severity.Good, finding.Severity);
        Assert.StartsWith("responds with 200 text/html", finding.Cause, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "F20"), Trait("fault", "A06"), InlineData("4755"), InlineData("2755"), InlineData("6755")]
    public async Task A_set_id_program_runs_as_its_owner_and_nothing_is_said_against_it(string mode)
    {
        Requires.Tools("cc", "chown");
        using var examined = new Examined(programs);
        string secret = examined.Write("secret", "x"), program = examined.PathTo("wrapper"), source = examined.Write("wrapper.c",
            $"#include <stdio.h>\nint main(void) {{ FILE *f = fopen(\"{secret}\", \"r\"); if (!f) return 1; puts(\"Content-Type: text/plain\\n\\nworks\"); return 0; }}\n");
        await Command.RunAsync("cc", ["-o", program, source]);
        await Command.RunAsync("chown", ["games:games", secret, program]);
        Examined.Chmod(secret, "640");
        Examined.Chmod(program, mode);
        Finding finding = examined.The(program);
        Assert.Equal((Severity.Good, null), (finding.Severity, finding.Command));
        Assert.StartsWith("responds with 200 text/plain, 6 bytes", finding.Cause, StringComparison.Ordinal);
    }

    [Theory, Trait("fault", "F11"), Trait("fault", "A09"), InlineData(true), InlineData(false)]
    public async Task Git_is_asked_for_a_repository_and_not_for_its_own_page_which_it_has_not(bool hasRepository)
    {
        const string backend = "/usr/lib/git-core/git-http-backend";
        Requires.Place(File.Exists(backend), backend);
        using var examined = new Examined(programs);
        string root = examined.PathTo("git");
        Directory.CreateDirectory(root);
        if (hasRepository)
        {
            await Command.RunAsync("git", ["init", "-q", "--bare", $"{root}/project.git"]);
            await Command.RunAsync("chown", ["-R", "nobody", $"{root}/project.git"]);
        }
        examined.Settings = examined.Settings with { Gateway = [.. examined.Settings.Gateway, "--env", $"GIT_PROJECT_ROOT={root}", "--env", "GIT_HTTP_EXPORT_ALL=1"] };
        Finding finding = examined.The(backend);
        Assert.Equal(Severity.Good, finding.Severity);
        Assert.StartsWith(hasRepository ? "responds with 200 application/x-git-upload-pack-advertisement" : $"user nobody can start it; it was not asked, because there is no repository in {root} yet", finding.Cause, StringComparison.Ordinal);
    }

    [Fact, Trait("fault", "D8")]
    public async Task A_module_of_a_virtual_environment_is_where_that_environments_interpreter_looks()
    {
        using var examined = new Examined(programs);
        Requires.Place(File.Exists("/usr/bin/python3"), "/usr/bin/python3");
        string venv = examined.PathTo("venv");
        LaunchResult made = await Launcher.RunAsync(new Launch { Program = "/usr/bin/python3", Arguments = ["-m", "venv", "--without-pip", venv] });
        Requires.Place(made.ExitCode == 0, "python3 -m venv");
        File.WriteAllText(Path.Combine(Directory.GetDirectories(Path.Combine(venv, "lib"), "python3*").Single(), "site-packages/only_here.py"), "x = 'works'\n");
        Finding finding = examined.The(examined.Script("x.py", $"#!{venv}/bin/python3\nimport only_here\nprint('Content-Type: text/plain\\n')\nprint(only_here.x)\n"));
        Assert.Equal(Severity.Good, finding.Severity);
    }
}
