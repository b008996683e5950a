using System.Xml.Linq;

namespace Shims.ReadmeTests;

/// <summary>What GitHub runs. `make lint` checks the workflows' form.</summary>
public sealed class WorkflowTests
{
    public static TheoryData<string> Names => [.. Workflow.All.Select(workflow => workflow.Name)];

    [Theory, MemberData(nameof(Names))]
    public void An_action_is_pinned_to_a_commit_and_says_its_version(string name) => Assert.All(Workflow.Of(name).Actions, action =>
    {
        Assert.Matches("^[0-9a-f]{40}$", action.Reference);
        Assert.Matches(@"^v\d+\.\d+\.\d+$", action.Version);
    });

    [Fact]
    public void The_CI_workflow_calls_the_script_of_CI_and_may_only_read()
    {
        var workflow = Workflow.Of("ci.yml");
        Assert.Contains(workflow.Steps, step => step.Commands == ".ci/run\n");
        Assert.Contains("\npermissions:\n  contents: read\n", workflow.Text);
        Assert.DoesNotContain("write", workflow.Text);
        Assert.DoesNotContain("secrets.", workflow.Text);
    }

    [Fact]
    public async Task The_release_workflow_refuses_a_tag_that_differs_from_the_version()
    {
        using var machine = new WorkflowMachine();
        string version = Version();
        string commands = Workflow.Of("release.yml").Steps.Single(step => step.Name.Contains("tag", StringComparison.Ordinal)).Commands;
        Assert.Equal(0, (await machine.RunAsync(commands, $"v{version}")).ExitCode);
        foreach (string tag in new[] { version, $"v{version}1", $"v{version}-rc.1", "v", "v9.9.9" })
        {
            LaunchResult refused = await machine.RunAsync(commands, tag);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains($"the tag is {tag}, but the version in Directory.Build.props is {version}", refused.ErrorText);
        }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Every_shell_step_of_a_workflow_runs(string name)
    {
        Requires.Tools("awk", "sed");
        using var machine = new WorkflowMachine();
        var workflow = Workflow.Of(name);
        Assert.NotEmpty(workflow.Steps);
        foreach ((string step, string commands) in workflow.Steps)
        {
            LaunchResult result = await machine.RunAsync(commands, $"v{Version()}");
            Assert.True(result.ExitCode == 0, $"{step}: {result.ErrorText}");
        }
    }

    [Fact]
    public async Task A_release_has_programs_packages_sums_and_the_notes_of_its_version()
    {
        using var machine = new WorkflowMachine();
        foreach ((_, string commands) in Workflow.Of("release.yml").Steps)
            Assert.Equal(0, (await machine.RunAsync(commands, $"v{Version()}")).ExitCode);
        string notes = File.ReadAllText(machine.PathTo("artifacts/notes.md"));
        Assert.Contains("### Added", notes);
        Assert.DoesNotContain("## [", notes, StringComparison.Ordinal);
        string call = machine.Calls.Split('\n').Single(line => line.StartsWith("gh ", StringComparison.Ordinal));
        Assert.StartsWith($"gh release create v{Version()} --repo owner/name --draft", call);
        Assert.EndsWith(" artifacts/dist/SHA256SUMS artifacts/dist/a.deb", call);
        Assert.Contains("make packages [https://example.org/owner/name]", machine.Calls);
    }

    private static string Version() => XDocument.Load(Repository.PathTo("Directory.Build.props")).Descendants("Version").Single().Value;
}
