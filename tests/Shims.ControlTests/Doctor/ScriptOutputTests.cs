using Shims.Testing;

namespace Shims.ControlTests.Doctor;

/// <summary>A script that starts, and whose answer is broken in the ways in which answers break: doctor names cause and cure, and the cure, run as printed, works.</summary>
public sealed class ScriptOutputTests(DoctorPrograms programs) : IClassFixture<DoctorPrograms>
{
    private const string Head = "echo 'Content-Type: text/plain'\necho\n";

    /// <summary>The lists of packages, fetched once.</summary>
    private static readonly Lazy<Task> s_lists = new(() => Command.RunAsync("apt-get", ["-q", "update"]));

    [Theory] // P5
    [InlineData("shop.pl", "#!/usr/bin/perl\nuse strict;\nuse Shop::Cart;\nprint \"Content-Type: text/plain\\n\\n\", Shop::Cart::total();\n", "lib/Shop/Cart.pm", "package Shop::Cart; sub total { 42 } 1;", "Perl module Shop::Cart")]
    [InlineData("shop.py", "#!/usr/bin/env python3\nimport shop_cart\nprint('Content-Type: text/plain\\n')\nprint(shop_cart.total(), end='')\n", "lib/shop_cart.py", "def total():\n    return 42\n", "Python module shop_cart")]
    [InlineData("shop.rb", "#!/usr/bin/ruby\nrequire 'shop_cart'\nputs 'Content-Type: text/plain', ''\nprint total\n", "lib/shop_cart.rb", "def total = 42\n", "Ruby module shop_cart")]
    public async Task A_module_that_is_not_where_the_interpreter_looks_is_found(string name, string source, string file, string module, string cause)
    {
        RequireLanguage(name);
        using BrokenScript broken = new(programs, name, source);
        Write(Path.Combine(broken.Folder, file), module);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith($"it needs the {cause}, which is in {broken.Folder}/lib, where ", complaint.Cause, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("42", (await broken.IsWellAsync()).Body);
    }

    [Fact] // P5
    public async Task A_module_that_the_user_may_not_read_is_opened_to_it()
    {
        using BrokenScript broken = new(programs, "shop.pl", "#!/usr/bin/perl\nuse FindBin;\nuse lib \"$FindBin::Bin/lib\";\nuse Cart;\nprint \"Content-Type: text/plain\\n\\n\", Cart::total();\n");
        string module = Path.Combine(broken.Folder, "lib/Cart.pm");
        Write(module, "package Cart; sub total { 42 } 1;");
        File.SetUnixFileMode(module, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Contains($"user nobody may not read {module} ", complaint.Cause, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("42", (await broken.IsWellAsync()).Body);
    }

    [Theory] // P5
    [InlineData("x.pl", "#!/usr/bin/perl\nuse No::Such::Thing;\n", "No::Such::Thing", "libno-such-thing-perl", "cpan No::Such::Thing")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport no_such_thing\n", "no_such_thing", "python3-no-such-thing", "pip install no_such_thing")]
    [InlineData("x.rb", "#!/usr/bin/ruby\nrequire 'no_such_thing'\n", "no_such_thing", "ruby-no-such-thing", "gem install no_such_thing")]
    public async Task A_module_that_is_nowhere_comes_with_the_way_to_install_it(string name, string source, string module, string package, string own)
    {
        RequireLanguage(name);
        using BrokenScript broken = new(programs, name, source);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Contains(module, complaint.Cause, StringComparison.Ordinal);
        Assert.Contains("which /usr/bin/", complaint.Cause, StringComparison.Ordinal);
        // On a machine whose package lists are there, a package that does not exist is not offered.
        Assert.True(complaint.Command?.EndsWith($"apt-get install -y -- {package}", StringComparison.Ordinal) != false, complaint.Command);
        Assert.Contains("not as root: ", complaint.Advice, StringComparison.Ordinal);
        Assert.Contains(own, complaint.Advice, StringComparison.Ordinal);
    }

    [Theory, Trait(TestExtent.Trait, TestExtent.Whole)] // P5
    [InlineData("x.pl", "#!/usr/bin/perl\nuse Text::Roman qw(int2roman);\nprint \"Content-Type: text/plain\\n\\n\", int2roman(9) eq 'IX' ? \"works\\n\" : '';\n", "libtext-roman-perl")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport roman\nprint('Content-Type: text/plain\\n')\nprint('works' if roman.toRoman(9) == 'IX' else '')\n", "python3-roman")]
    [InlineData("x.rb", "#!/usr/bin/ruby\nrequire 'hashie'\nputs 'Content-Type: text/plain', '', Hashie::Mash.new(it: 'works').it\n", "ruby-hashie")]
    public async Task A_package_that_was_removed_is_installed_again(string name, string source, string package)
    {
        RequireLanguage(name);
        Requires.Tools("apt-get", "dpkg");
        // Machines in containers often come without lists; the command that doctor prints then begins with this.
        await s_lists.Value;
        bool wasThere = await IsInstalledAsync(package);
        using BrokenScript broken = new(programs, name, source);
        try
        {
            if (wasThere)
                await Command.RunAsync("apt-get", ["-q", "-y", "remove", package], environment: ["DEBIAN_FRONTEND=noninteractive"]);
            DoctorFinding complaint = await broken.FindAsync();
            Assert.EndsWith($"apt-get install -y -- {package}", complaint.Command, StringComparison.Ordinal);
            await BrokenScript.CureAsync(complaint);
            Assert.Equal("works\n", (await broken.IsWellAsync()).Body);
        }
        finally
        {
            if (!wasThere)
                await Command.RunAsync("apt-get", ["-q", "-y", "purge", package], environment: ["DEBIAN_FRONTEND=noninteractive"]);
        }
    }

    [Theory] // P6
    [InlineData("x.pl", "#!/usr/bin/perl\nprint \"Content-Type: text/plain\\n\\n\"\nprint \"works\";\n", "line 3: syntax error in Perl: near \"print\"")]
    [InlineData("x.py", "#!/usr/bin/python3\nprint('Content-Type: text/plain\\n')\nprint('works', end=''\n", "line 3: syntax error in Python: ")]
    [InlineData("y.py", "#!/usr/bin/python3\nprint('Content-Type: text/plain\\n')\nif True\n    print('works', end='')\n", "line 3: syntax error in Python: ")]
    [InlineData("x.sh", "#!/bin/sh\n" + Head + "if true\nprintf works\nfi\n", "line 6: syntax error in shell: ")]
    [InlineData("y.sh", "#!/bin/sh\n" + Head + "printf \"works\n", "line 5: syntax error in shell: ")]
    [InlineData("x.bash", "#!/bin/bash\n" + Head + "printf works)\n", "line 4: syntax error in shell: ")]
    [InlineData("x.php", "#!/usr/bin/php-cgi\n<?php\nheader('Content-Type: text/plain');\necho 'works'\necho '';\n", "line 5: syntax error in PHP: ")]
    [InlineData("x.rb", "#!/usr/bin/ruby\nputs \"Content-Type: text/plain\", \"\"\nprint(\"works\"\n", "line 3: syntax error in Ruby: ")]
    public async Task A_small_slip_of_syntax_is_shown_with_line_and_message_and_mended(string name, string source, string cause)
    {
        RequireLanguage(name);
        using BrokenScript broken = new(programs, name, source);
        // Nobody else may read it, and so nobody else may read a copy.
        await Command.RunAsync("chown", ["nobody", broken.Script]);
        File.SetUnixFileMode(broken.Script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith(cause, complaint.Cause, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("works", (await broken.IsWellAsync()).Body);
    }

    [Fact] // P6
    public async Task A_fault_of_syntax_that_is_more_than_a_slip_is_shown_with_its_line()
    {
        using BrokenScript broken = new(programs, "x.py", "#!/usr/bin/python3\nprint('Content-Type: text/plain\\n')\nprint 'works' for ever\n");
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith("line 3: syntax error in Python: ", complaint.Cause, StringComparison.Ordinal);
        Assert.Equal((null, "correct line 3, or what stands before it: print 'works' for ever"), (complaint.Command, complaint.Advice));
    }

    [Theory] // P7
    [InlineData("x.sh", "#!/bin/sh\necho \"connected to db: ok & well\"\n" + Head + "printf works\n", "before its header it writes \"connected to db: ok & well\"")]
    [InlineData("x.pl", "#!/usr/bin/perl\nprint \"debug 1 | x\\n\";\nprint \"Content-Type: text/plain\\n\\nworks\";\n", "before its header it writes \"debug 1 | x\"")]
    [InlineData("y.sh", "#!/bin/sh\necho 'Content-Type: text/plain'\necho \"half way\"\necho\nprintf works\n", "into its header it writes \"half way\"")]
    public async Task Output_beside_the_header_is_quoted_and_sent_to_standard_error(string name, string source, string cause)
    {
        using BrokenScript broken = new(programs, name, source);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal(("error", cause), (complaint.Severity, complaint.Cause));
        await BrokenScript.CureAsync(complaint);
        // It is on standard error now, which is worth a word and no more.
        Assert.All(await broken.ExamineAsync(), finding => Assert.StartsWith("it writes to standard error: ", finding.Cause, StringComparison.Ordinal));
        Assert.Equal("works", (await broken.RequestAsync()).Body);
    }

    [Theory] // P7
    [InlineData("x.sh", "#!/bin/sh\necho '<p>works'\n")]
    [InlineData("x.py", "#!/usr/bin/python3\nprint('<p>works')\n")]
    [InlineData("x.pl", "#!/usr/bin/perl\nprint \"<p>works\\n\";\n")]
    public async Task A_page_without_a_header_gets_one(string name, string source)
    {
        using BrokenScript broken = new(programs, name, source);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith("it writes no header, and begins with \"<p>works\"", complaint.Cause, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        ScriptReply reply = await broken.IsWellAsync();
        Assert.Equal(("text/html", "<p>works\n"), (reply.Header("Content-Type"), reply.Body));
    }

    [Fact]
    public async Task A_header_without_an_empty_line_is_told_from_none()
    {
        using BrokenScript broken = new(programs, "x.sh", "#!/bin/sh\necho 'Content-Type: text/plain'\n");
        Assert.Equal("an empty line after its header is missing", (await broken.FindAsync()).Cause);
    }

    [Fact] // P8
    public async Task A_script_that_asks_its_input_is_told_what_that_is_and_given_the_query()
    {
        using BrokenScript broken = new(programs, "x.py", "#!/usr/bin/python3\nname = input('Who are you? ')\nprint('Content-Type: text/plain\\n')\nprint('works' + name, end='')\n");
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith("it asks its standard input, which is empty for a GET, and not a terminal: EOFError", complaint.Cause, StringComparison.Ordinal);
        Assert.Contains("QUERY_STRING", complaint.Advice, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("works", (await broken.IsWellAsync()).Body);
        broken.Query = "-for-me";
        Assert.Equal("works-for-me", (await broken.RequestAsync()).Body);
    }

    [Theory] // P8
    [InlineData("x.sh", "#!/bin/sh\nbody=$(cat)\n" + Head + "printf %s \"$body\"\n")]
    [InlineData("x.pl", "#!/usr/bin/perl\nmy $body = do { local $/; <STDIN> };\nprint \"Content-Type: text/plain\\n\\n$body\";\n")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport sys\nbody = sys.stdin.read()\nprint('Content-Type: text/plain\\n')\nprint(body, end='')\n")]
    [InlineData("x.rb", "#!/usr/bin/ruby\nbody = $stdin.read\nputs \"Content-Type: text/plain\", \"\"\nprint body\n")]
    public async Task A_script_that_reads_its_input_to_the_end_is_well(string name, string source)
    {
        RequireLanguage(name);
        using BrokenScript broken = new(programs, name, source);
        broken.Body = "works"u8.ToArray();
        broken.Options = [.. BrokenScript.LogKept, "--data", "works", "--patience", "60"];
        Assert.Equal("works", (await broken.IsWellAsync()).Body);
    }

    [Theory, InlineData("scgi-run"), InlineData("fcgi-run"), InlineData("scgi-run --mode relay"), Trait("fault", "friction 7")]
    public async Task A_script_that_fails_after_its_page_is_found(string gateway)
    {
        using BrokenScript broken = new(programs, "x.sh", $"#!/bin/sh\n{Head}echo half\nexit 3\n");
        broken.Options = ["--gateway", $"{gateway} --stderr inherit"];
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal("error", complaint.Severity);
        // A gateway that stays beside the script says it too.
        Assert.Matches("(it responds with 200, and then ends|x\\.sh ended) with exit status 3", complaint.Cause);
    }

    [Fact] // P10
    public async Task A_log_that_nobody_can_read_is_found_when_somebody_needs_it()
    {
        using BrokenScript broken = new(programs, "x.sh", "#!/bin/sh\necho reason >&2\nexit 3\n");
        broken.Options = ["--gateway", "scgi-run --stderr null"];
        DoctorFinding complaint = (await broken.ExamineAsync()).Single(finding => finding.Subject == "scgi-run");
        Assert.Equal(("warning", "no log of it can be read: --stderr null throws it away"), (complaint.Severity, complaint.Cause));
        const string folder = "/var/log/shims", log = folder + "/error.log";
        Requires.That(!Directory.Exists(folder), $"no {folder}");
        Assert.Contains($"--stderr {log}", complaint.Advice, StringComparison.Ordinal);
        try
        {
            await BrokenScript.CureAsync(complaint);
            broken.Options = ["--gateway", $"scgi-run --stderr {log} --mode relay"];
            Assert.DoesNotContain(await broken.ExamineAsync(), finding => finding.Subject == "scgi-run");
            Assert.Equal(502, (await broken.RequestAsync("--mode", "relay", "--stderr", log)).Status);
            Assert.Contains(broken.Script, await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory] // P12
    [InlineData("x.sh", "#!/bin/sh\necho 'Location: /thanks'\necho\n")]
    [InlineData("x.py", "#!/usr/bin/python3\nif True:\n    print('Location: /thanks\\n')\n")]
    [InlineData("x.pl", "#!/usr/bin/perl\nprint \"Location: /thanks\\r\\n\\r\\n\";\n")]
    public async Task A_redirect_that_each_web_server_takes_differently_gets_a_status(string name, string source)
    {
        using BrokenScript broken = new(programs, name, source);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith("it redirects to a path without a Status", complaint.Cause, StringComparison.Ordinal);
        await BrokenScript.CureAsync(complaint);
        ScriptReply reply = await broken.IsWellAsync();
        Assert.Equal((302, "302 Found", "/thanks"), (reply.Status, reply.Header("Status"), reply.Header("Location")));
    }

    [Theory] // P16
    [InlineData("x.sh", "#!/bin/sh\n" + Head + "my-tool\n")]
    [InlineData("x.bash", "#!/bin/bash\n" + Head + "my-tool\n")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport subprocess\nprint('Content-Type: text/plain\\n', flush=True)\nsubprocess.run(['my-tool'])\n")]
    [InlineData("x.pl", "#!/usr/bin/perl\nuse warnings;\n$| = 1;\nprint \"Content-Type: text/plain\\n\\n\";\nsystem 'my-tool';\n")]
    public async Task A_program_that_only_a_shell_finds_is_put_on_the_scripts_path(string name, string source)
    {
        using BrokenScript broken = new(programs, name, source);
        string tools = Path.Combine(broken.Site, "tools");
        Write(Path.Combine(tools, "my-tool"), "#!/bin/sh\nprintf works\n");
        File.SetUnixFileMode(Path.Combine(tools, "my-tool"), (UnixFileMode)0b111_101_101);
        broken.Shell = [$"PATH={tools}:/usr/bin:/bin"];
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal($"it runs my-tool, which is in {tools}: that is on the PATH of your shell, and not on the one that scripts get, /usr/local/bin:/usr/bin:/bin", complaint.Cause);
        // Two cures: an option of the gateway, and a line in the script.
        broken.Options = ["--gateway", $"scgi-run --stderr inherit --env \"PATH={tools.Replace("\"", "\\\"", StringComparison.Ordinal)}:/usr/bin:/bin\""];
        Assert.Empty(await broken.ExamineAsync());
        broken.Options = BrokenScript.LogKept;
        await BrokenScript.CureAsync(complaint);
        Assert.Equal("works", (await broken.IsWellAsync()).Body);
    }

    [Theory] // P16
    [InlineData("x.sh", "#!/bin/sh\nset -u\n" + Head + "printf %s \"$GREETING\"\n")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport os\nprint('Content-Type: text/plain\\n')\nprint(os.environ['GREETING'], end='')\n")]
    [Trait("fault", "L15")]
    public async Task A_variable_that_only_a_shell_has_is_named(string name, string source)
    {
        using BrokenScript broken = new(programs, name, source);
        broken.Shell = ["GREETING=it's \"me\""];
        DoctorFinding complaint = await broken.FindAsync();
        Assert.StartsWith("it needs the variable GREETING, which your shell may have", complaint.Cause, StringComparison.Ordinal);
        // Its value here is this user's, and may be a password.
        Assert.Equal((null, "add --env GREETING=VALUE to the super-server's line, before the script"), (complaint.Command, complaint.Advice));
    }

    [Theory] // P16
    [InlineData("x.sh", "#!/bin/sh\nset -u\n" + Head + "printf %s \"$HOME\"\n")]
    [InlineData("x.py", "#!/usr/bin/python3\nimport os\nprint('Content-Type: text/plain\\n')\nprint(os.environ['HOME'], end='')\n")]
    public async Task A_home_directory_is_that_of_the_scripts_user(string name, string source)
    {
        using BrokenScript broken = new(programs, name, source);
        await BrokenScript.CureAsync(await broken.FindAsync());
        Assert.Equal("/nonexistent", (await broken.IsWellAsync()).Body);
    }

    [Fact]
    public async Task Three_faults_of_one_script_are_cured_by_their_commands_in_the_order_in_which_they_are_printed()
    {
        using BrokenScript broken = new(programs, "x.sh", "#!/bin/sh\necho 'Location: /thanks'\necho 'Content-Type: text/plain'\necho\nset -u\nprintf %s \"$HOME\"\n");
        File.SetUnixFileMode(broken.Script, (UnixFileMode)0b111_101_111);
        IReadOnlyList<DoctorFinding> complaints = await broken.ExamineAsync();
        Assert.Equal(3, complaints.Count(complaint => complaint.Command is not null));
        foreach (DoctorFinding complaint in complaints.Where(complaint => complaint.Command is not null))
            await BrokenScript.CureAsync(complaint);
        ScriptReply reply = await broken.IsWellAsync();
        Assert.Equal((302, "/thanks", "/nonexistent"), (reply.Status, reply.Header("Location"), reply.Body));
    }

    [Fact] // P16
    public async Task A_program_without_its_library_is_told_where_that_is()
    {
        using BrokenScript broken = new(programs, "x.cgi", "");
        byte[] program = await File.ReadAllBytesAsync("/bin/cat", TestContext.Current.CancellationToken);
        for (int at = program.AsSpan().IndexOf("libc.so.6"u8); at >= 0; at = program.AsSpan().IndexOf("libc.so.6"u8))
            "libq.so.6"u8.CopyTo(program.AsSpan(at));
        await File.WriteAllBytesAsync(broken.Script, program, TestContext.Current.CancellationToken);
        DoctorFinding complaint = await broken.FindAsync();
        Assert.Equal("it needs the library libq.so.6, which the loader does not find", complaint.Cause);
        Write(Path.Combine(broken.Folder, "lib/libq.so.6"), "");
        Assert.Contains($"--env LD_LIBRARY_PATH='{broken.Folder.Replace("'", "'\\''", StringComparison.Ordinal)}/lib'", (await broken.FindAsync()).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_for_another_processor_is_told_so()
    {
        using BrokenScript broken = new(programs, "x.cgi", "");
        byte[] program = await File.ReadAllBytesAsync("/bin/cat", TestContext.Current.CancellationToken);
        program[18] = 22; // e_machine: s390x
        await File.WriteAllBytesAsync(broken.Script, program, TestContext.Current.CancellationToken);
        Assert.StartsWith("it was built for another kind of machine: for s390x", (await broken.FindAsync()).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_run_if_that_is_not_wanted()
    {
        using BrokenScript broken = new(programs, "x.sh", "#!/bin/sh\ntouch ran\n" + Head);
        File.SetUnixFileMode(broken.Folder, (UnixFileMode)0b001_111_111_111);
        LaunchResult result = await broken.DoctorAsync("--no-run");
        Assert.Equal(0, result.ExitCode);
        Assert.False(File.Exists(Path.Combine(broken.Folder, "ran")));
        await broken.DoctorAsync();
        Assert.True(File.Exists(Path.Combine(broken.Folder, "ran")));
    }

    [Fact]
    public async Task A_script_speaks_FastCGI_through_the_other_gateway()
    {
        using BrokenScript broken = new(programs, "x.sh", "#!/bin/sh\n" + Head + "printf works\n");
        broken.Options = ["--gateway", "fcgi-run"];
        LaunchResult result = await broken.DoctorAsync();
        Assert.Contains("responds with 200 text/plain, 5 bytes", result.OutputText, StringComparison.Ordinal);
    }

    private static async Task<bool> IsInstalledAsync(string package) =>
        (await Launcher.RunAsync(new Launch { Program = Tool.PathOf("dpkg"), Arguments = ["-s", package] })).OutputText.Contains("install ok installed", StringComparison.Ordinal);

    private static void RequireLanguage(string script)
    {
        if (Path.GetExtension(script) == ".rb")
            Requires.Tools("ruby");
    }

    private static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
