namespace Shims.PackageTests;

/// <summary>A copy of this machine that takes packages and is thrown away: /etc, /usr and /var only take changes, /run and /tmp are empty.</summary>
internal static class ThrowAwayMachine
{
    private const string Mounts = """
        set -eu
        changes=$1
        mount -t tmpfs tmpfs "$changes"
        for place in etc usr var; do
            mkdir "$changes/$place" "$changes/$place.work"
            mount -t overlay overlay -o "lowerdir=/$place,upperdir=$changes/$place,workdir=$changes/$place.work" "/$place"
        done
        mount -t tmpfs tmpfs /run
        mkdir -p /run/lock
        """;

    /// <summary>True if this user may make such a machine here.</summary>
    internal static async Task<bool> IsPossibleAsync() => Environment.IsPrivilegedProcess && Tool.Exists("unshare")
        && (await Launcher.RunAsync(new Launch { Program = Tool.PathOf("unshare"), Arguments = ["--mount", "--propagation", "private", "true"] })).ExitCode == 0;

    /// <summary>Runs a shell script as root in such a machine.</summary>
    /// <returns>Its standard output.</returns>
    internal static async Task<string> RunAsync(string script)
    {
        using var folder = new TemporaryFolder();
        // /tmp is not empty before the script is read: it may lie there.
        string path = folder.Write("script", $"{Mounts}\ncd /\n{script.Replace("/tmp/", $"{folder.MakeFolder("tmp")}/", StringComparison.Ordinal)}\n");
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("unshare"),
            Arguments = ["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--kill-child", "/bin/sh", path, folder.MakeFolder("changes")],
        }.WithEnvironment("PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"), TimeSpan.FromMinutes(5));
        Assert.True(result.ExitCode == 0, $"{result.ErrorText}{result.OutputText}");
        return result.OutputText;
    }
}
