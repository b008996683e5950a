using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;
using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>What may be printed as a command, and what may not.</summary>
public sealed class ShellCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory, Trait("fault", "H3"), Trait("fault", "H4")]
    [InlineData("a\nb"), InlineData("a\rb"), InlineData("a\tb"), InlineData("\e[31m"), InlineData("a\u202eb"), InlineData("a\u200bb"), InlineData("a\u2028b"), InlineData("a\u009bb"), InlineData("a\uFFFDb"), InlineData("a\0b")]
    public void A_word_that_is_not_shown_as_it_is_makes_no_command(string word) => Assert.Null(ShellCommand.Of("chmod", "a+x", word));

    [Fact]
    public void All_other_words_are_quoted() => Assert.Equal("chmod a+x 'it'\\''s $(a) `b` ; & | * ü'", ShellCommand.Of("chmod", "a+x", "it's $(a) `b` ; & | * ü")!.Text);

    [Theory, Trait("fault", "H3")]
    [InlineData("libdbi-perl", true), InlineData("g++", true), InlineData("python3.11", true), InlineData("0ad", true)]
    [InlineData("x;id", false), InlineData("-oAPT=x", false), InlineData("", false), InlineData("a", false), InlineData("Abc", false), InlineData("a b", false), InlineData("ab\n", false), InlineData("a$(id)", false), InlineData("../x", false)]
    public void Only_what_can_be_the_name_of_a_package_is_installed(string name, bool isName)
    {
        Assert.Equal(isName, PackageInstall.IsName(name));
        Assert.Equal(isName ? $"apt-get install -y -- {name}" : null, new PackageInstall(name).ToCommand(new FixScope(0, null), out _)?.Text);
    }

    [Theory]
    [InlineData("/run/shims-nosuch", "echo 'd /run/shims-nosuch 0700 root - -' >/etc/tmpfiles.d/shims-nosuch.conf && systemd-tmpfiles --create /etc/tmpfiles.d/shims-nosuch.conf")]
    [InlineData("/run/shims-nosuch/a%b", "install -d -m 700 /run/shims-nosuch/a%b"), InlineData("/run/shims-no such", "install -d -m 700 '/run/shims-no such'"), InlineData("/opt/shims-nosuch", "install -d -m 700 /opt/shims-nosuch")]
    public void A_folder_below_run_is_made_at_each_start_of_the_machine(string folder, string expected)
    {
        Requires.That(CurrentUser.Id == 0, "root");
        Assert.Equal(expected, new NewFile(folder, null) { IsFolder = true }.ToCommand(new FixScope(0, null), out _)?.Text);
    }

    [Fact, Trait("fault", "H2")]
    public void A_file_is_changed_only_in_the_folder_and_only_if_the_owner_of_what_was_looked_at_owns_it()
    {
        string script = _folder.WriteScript("site/x.cgi", "#!/bin/sh\n"), other = _folder.Write("other", "");
        Assert.Equal($"chmod a+x {script}", Change(script, script));
        Assert.Null(Change(script, other));
        Assert.Null(Change(script, "/etc/passwd"));
        Assert.Null(Change(script, $"{_folder.Path}/site/../other"));
        Assert.Null(Change(script, $"{_folder.Path}/site/not-there"));
        Assert.Null(Change(script, _folder.PathTo("site"))); // a directory, and not a file
        File.CreateSymbolicLink(_folder.PathTo("site/link"), script);
        Assert.Null(Change(script, _folder.PathTo("site/link")));
        File.CreateSymbolicLink(_folder.PathTo("folder"), _folder.PathTo("site"));
        // A link above the folder is root's, or this user's: the command names the file without it.
        Assert.Equal($"chmod a+x {script}", Change(_folder.PathTo("folder/x.cgi"), _folder.PathTo("folder/x.cgi")));
    }

    [Fact, Trait("fault", "H2")]
    public void A_file_that_somebody_else_can_put_something_in_the_place_of_is_changed_only_as_that_user()
    {
        Requires.That(CurrentUser.Id == 0, "root, to give files away");
        Requires.Tools("runuser", "setsid");
        string script = _folder.WriteScript("site/x.cgi", "#!/bin/sh\n"), folder = _folder.PathTo("site");
        Sandbox.Give(script, "daemon");
        Assert.Equal($"chmod a+x {script}", Change(script, script)); // nobody but root can rename it
        Sandbox.Give(folder, "daemon");
        Assert.Equal($"setsid -w runuser -u daemon -- chmod a+x {script}", Change(script, script));
        Sandbox.Give(script, "root");
        Assert.Null(Change(script, script)); // it may be a hard link to anything
        Sandbox.Give(folder, "root");
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        Assert.Null(Change(script, script));
    }

    [Fact, Trait("fault", "H2")]
    public void Access_is_granted_to_one_user_and_never_to_write()
    {
        Requires.Tools("setfacl");
        string script = _folder.WriteScript("site/x.cgi", "#!/bin/sh\n");
        UserAccount nobody = UserAccount.Find("nobody")!;
        FixScope scope = FixScope.OfScript(script);
        Assert.Equal($"setfacl -m u:nobody:rx {script}", new AccessGrant(script, nobody, Access.Read | Access.Execute).ToCommand(scope, out _)?.Text);
        Assert.Equal($"setfacl -m u:nobody:x {_folder.Path}/site", new AccessGrant(_folder.PathTo("site"), nobody, Access.Execute).ToCommand(scope, out _)?.Text);
        Assert.Null(new AccessGrant(script, nobody, Access.Write).ToCommand(scope, out _));
        Assert.Null(new AccessGrant(_folder.Path, nobody, Access.Execute).ToCommand(scope, out _)); // above it
    }

    [Fact, Trait("fault", "H2")]
    public void A_fix_that_may_not_be_a_command_is_said_in_words_with_the_reason()
    {
        var finding = new Finding(Severity.Error, "x", "cause") { Fix = new ModeChange("/etc/passwd", "a+x"), Advice = "and more" };
        Finding settled = finding.Settle(FixScope.OfScript(_folder.WriteScript("x.cgi", "")));
        Assert.Null(settled.Command);
        Assert.Equal($"let its owner run chmod a+x on /etc/passwd (no command is printed for that: /etc/passwd is not in {_folder.Path}); and more", settled.Advice);
        Assert.Null(finding.Command); // before it is settled neither
    }

    public void Dispose() => _folder.Dispose();

    private static string? Change(string script, string file) => new ModeChange(file, "a+x").ToCommand(FixScope.OfScript(script), out _)?.Text;
}
