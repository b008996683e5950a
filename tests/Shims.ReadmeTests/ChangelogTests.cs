using System.Text.RegularExpressions;

namespace Shims.ReadmeTests;

/// <summary>CHANGELOG.md has the form that it says it has: Keep a Changelog 1.1.0.</summary>
public sealed partial class ChangelogTests
{
    private static readonly string[] s_kinds = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    private static readonly string[] s_lines = File.ReadAllLines(Repository.PathTo("CHANGELOG.md"));

    [Fact]
    public void It_begins_with_its_title_and_names_its_form()
    {
        Assert.Equal("# Changelog", s_lines[0]);
        string head = string.Join('\n', s_lines.TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)));
        Assert.Contains("keepachangelog.com/en/1.1.0", head);
        Assert.Contains("semver.org", head);
    }

    [Fact]
    public void Every_version_has_a_number_and_a_date_or_is_not_released_yet()
    {
        string[] versions = [.. s_lines.Where(line => line.StartsWith("## ", StringComparison.Ordinal))];
        Assert.NotEmpty(versions);
        Assert.All(versions, line => Assert.Matches(VersionLine(), line));
        Assert.All(versions.Skip(1), line => Assert.DoesNotContain("not released", line));
    }

    [Fact]
    public void Every_kind_of_change_is_one_of_the_six_and_comes_once_in_a_version()
    {
        var seen = new HashSet<string>();
        foreach (string line in s_lines)
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                seen.Clear();
            if (!line.StartsWith("### ", StringComparison.Ordinal))
                continue;
            Assert.Contains(line[4..], s_kinds);
            Assert.True(seen.Add(line), $"\"{line}\" comes twice in a version");
        }
    }

    [Fact]
    public void Every_change_is_one_line_in_the_list_of_a_program_below_its_kind()
    {
        string? kind = null, program = null;
        foreach (string line in s_lines.SkipWhile(line => !line.StartsWith("## ", StringComparison.Ordinal)).Where(line => line.Length > 0))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
                kind = program = null;
            else if (line.StartsWith("### ", StringComparison.Ordinal))
                (kind, program) = (line, null);
            else if (line.StartsWith("#### ", StringComparison.Ordinal))
                program = kind is null ? null : line;
            else
                Assert.True(program is not null && line.StartsWith("- ", StringComparison.Ordinal), $"this line is not an entry below a kind and a program: {line}");
        }
    }

    [Fact]
    public void Every_list_of_the_changelog_has_a_program_and_comes_once_in_its_kind()
    {
        var seen = new HashSet<string>();
        foreach (string line in s_lines.Where(line => line.StartsWith("##", StringComparison.Ordinal)))
        {
            if (!line.StartsWith("#### ", StringComparison.Ordinal))
                seen.Clear();
            else
                Assert.True(seen.Add(line), $"\"{line}\" comes twice in one kind of change");
        }
    }

    [GeneratedRegex(@"^## \[\d+\.\d+\.\d+(-[.0-9A-Za-z]+)?\] - (\d{4}-\d\d-\d\d|not released yet)$")]
    private static partial Regex VersionLine();
}
