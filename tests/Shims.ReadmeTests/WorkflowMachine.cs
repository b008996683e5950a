namespace Shims.ReadmeTests;

/// <summary>
/// Where the shell steps of a workflow are run as GitHub runs them, with the files that they read. The programs that would change a machine
/// or a site stand in their own place there, note how they were called, and do as much as the later steps need.
/// </summary>
internal sealed class WorkflowMachine : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    internal WorkflowMachine()
    {
        foreach (string file in new[] { "Directory.Build.props", "CHANGELOG.md" })
            File.Copy(Repository.PathTo(file), _folder.PathTo(file));
        foreach (string program in new[] { "apt-get", "git", "gh" })
            Stand($"bin/{program}", "");
        Stand("bin/make", "case $1 in packages) mkdir -p artifacts/dist; : > artifacts/dist/a.deb; : > artifacts/dist/SHA256SUMS;; esac\n");
        Stand(".ci/run", "");
        Stand("scripts/arm64-page", "");
        Stand("scripts/launchd-page", "");
    }

    /// <summary>How those programs were called, a line for each call.</summary>
    internal string Calls => File.ReadAllText(_folder.PathTo("calls"));

    internal string PathTo(string relative) => _folder.PathTo(relative);

    /// <summary>Runs a step, as GitHub does: sh -e.</summary>
    internal Task<LaunchResult> RunAsync(string commands, string tag) => Launcher.RunAsync(new Launch
    {
        Program = Tool.PathOf("sh"),
        Arguments = ["-e", _folder.Write("step", commands)],
        Folder = _folder.Path,
    }.WithEnvironment($"PATH={_folder.PathTo("bin")}:/usr/bin:/bin", $"GITHUB_REF_NAME={tag}", "GITHUB_REPOSITORY=owner/name", "GITHUB_SERVER_URL=https://example.org", $"CALLS={_folder.PathTo("calls")}"));

    public void Dispose() => _folder.Dispose();

    private void Stand(string path, string commands) =>
        _folder.WriteScript(path, $"#!/bin/sh\nset -eu\necho \"$(basename \"$0\") $*${{ShimsRepositoryUrl:+ [$ShimsRepositoryUrl]}}\" >> \"$CALLS\"\n{commands}");
}
