using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>A reader goes through README and docs/ from top to bottom, and types each command.</summary>
public sealed partial class CommandTests
{
    /// <summary>The sections that have commands, page by page.</summary>
    public static TheoryData<string, string> Sections
    {
        get
        {
            var sections = new TheoryData<string, string>();
            foreach (string page in MarkdownFile.Guides)
                foreach (string section in MarkdownFile.Read(page).Blocks.Where(block => block.Language is "sh" or "console").Select(block => block.Section).Distinct())
                    sections.Add(page, section);
            return sections;
        }
    }

    [Theory, MemberData(nameof(Sections))]
    public async Task The_commands_and_configurations_of_a_section_work_as_printed(string page, string section)
    {
        CodeBlock[] blocks = [.. MarkdownFile.Read(page).Blocks.Where(block => block.Section == section)];
        RequireWhatIsNamedIn(blocks);
        await using var machine = ReadmeSandbox.Create();
        await machine.ConfigureAsync(
            [.. blocks.Where(block => block.Language == "inetd").SelectMany(block => block.Lines)],
            [.. blocks.Where(block => block.Language == "nginx").Select(block => block.Text)]);
        foreach (CodeBlock block in blocks)
        {
            if (block.Language == "sh")
                await RunAsync(machine, block);
            else if (block.Language == "console")
                await CompareAsync(machine, block);
        }
        if (blocks.Any(block => block.Text.Contains("systemd-tmpfiles", StringComparison.Ordinal)))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(machine.Sockets));
    }

    [Fact]
    public async Task Installing_puts_programs_manual_pages_and_examples_where_the_documents_say()
    {
        Requires.Tools("make");
        using var folder = new TemporaryFolder();
        // -o all: with the programs that are being tested, and not with new ones.
        await Command.RunAsync("make", ["-o", "all", "-o", "pack", "install", "PREFIX=/usr", $"DESTDIR={folder.Path}"], Repository.Root);
        foreach (string program in new[] { "scgi-run", "fcgi-run" })
        {
            Assert.True(File.Exists(folder.PathTo($"usr/libexec/{program}")));
            Assert.True(File.Exists(folder.PathTo($"usr/share/man/man8/{program}.8")));
            Assert.True(File.Exists(folder.PathTo($"usr/share/shims/inetd-examples/{program}.conf")));
        }
        await Command.RunAsync("make", ["uninstall", "PREFIX=/usr", $"DESTDIR={folder.Path}"], Repository.Root);
        Assert.Empty(Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories));
    }

    private static async Task RunAsync(ReadmeSandbox machine, CodeBlock block)
    {
        string[] make = [.. block.Lines.Where(line => line.StartsWith("make", StringComparison.Ordinal))];
        Assert.All(make, AssertIsTarget);
        if (make.Length == 0)
            await machine.RunAsync(block.Text);
        else
            Assert.Equal(block.Lines.Count, make.Length);
    }

    /// <summary>CI runs what these do; here it is enough that there are such targets and settings.</summary>
    private static void AssertIsTarget(string line)
    {
        string[] makefile = File.ReadAllLines(Repository.PathTo("Makefile"));
        foreach (string word in line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            Match setting = Setting().Match(word);
            Assert.Contains(makefile, rule => setting.Success
                ? rule.StartsWith($"{setting.Groups[1].Value} =", StringComparison.Ordinal)
                : rule.StartsWith($"{word}:", StringComparison.Ordinal));
        }
    }

    /// <summary>"$ COMMAND", and the lines that it prints.</summary>
    private static async Task CompareAsync(ReadmeSandbox machine, CodeBlock block)
    {
        Assert.StartsWith("$ ", block.Lines[0]);
        string output = await machine.RunAsync(block.Lines[0][2..]);
        Assert.Equal(WithoutIds(string.Join('\n', block.Lines.Skip(1)) + "\n"), WithoutIds(output.Replace("\r\n", "\n", StringComparison.Ordinal)));
    }

    /// <summary>An id is another one each time.</summary>
    private static string WithoutIds(string output) => RequestId().Replace(output, "00000000");

    private static void RequireWhatIsNamedIn(CodeBlock[] blocks)
    {
        string text = string.Concat(blocks.Select(block => block.Text));
        var tools = new List<string>();
        if (blocks.Any(block => block.Language == "nginx"))
            tools.Add("nginx");
        if (blocks.Any(block => block.Language == "inetd"))
            tools.Add("inetd");
        tools.AddRange(new[] { "curl", "git", "systemd-tmpfiles", "php-cgi", "/usr/lib/git-core/git-http-backend", "/usr/lib/cgi-bin/awstats.pl", "/usr/lib/cgi-bin/gitweb.cgi" }.Where(tool => text.Contains(tool, StringComparison.Ordinal)));
        if (text.Contains("systemctl", StringComparison.Ordinal))
            tools.Add("systemd-socket-activate");
        if (text.Contains(".pl", StringComparison.Ordinal))
            tools.Add("perl");
        Requires.Tools([.. tools]);
    }

    [GeneratedRegex("(?<=^X-Request-Id: )[0-9a-f]{8}$", RegexOptions.Multiline)]
    private static partial Regex RequestId();

    [GeneratedRegex("^([A-Z]+)=")]
    private static partial Regex Setting();
}
