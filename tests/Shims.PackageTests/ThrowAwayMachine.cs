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

    private const string RootMounts = """
        set -eu
        changes=$1
        mount -t tmpfs tmpfs "$changes"
        mkdir "$changes/files" "$changes/work" "$changes/root"
        mount -t overlay overlay -o "lowerdir=$2,upperdir=$changes/files,workdir=$changes/work" "$changes/root"
        mount -t proc proc "$changes/root/proc"
        for device in null zero urandom; do
            touch "$changes/root/dev/$device"
            mount --bind "/dev/$device" "$changes/root/dev/$device"
        done
        mkdir "$changes/root/packages"
        mount --bind "$3" "$changes/root/packages"
        cp /etc/resolv.conf "$changes/root/etc/resolv.conf"
        printf '#!/bin/sh\nexit 101\n' >"$changes/root/usr/sbin/policy-rc.d"
        chmod 755 "$changes/root/usr/sbin/policy-rc.d"
        """;

    // The way to the network.
    private static readonly string[] s_surroundings = [.. Distribution.Surroundings.Where(variable => variable.Contains("proxy=", StringComparison.Ordinal))];

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
        return await RunAsync(path, folder.MakeFolder("changes"));
    }

    /// <summary>Runs a shell script as root in a system that lies in a folder, which it leaves as it is. The packages are in /packages there.</summary>
    /// <returns>Its standard output.</returns>
    internal static async Task<string> RunInAsync(string root, string script)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("script", $"{RootMounts}\nexec chroot \"$changes/root\" /bin/sh -euc '\n{script.Replace("'", "'\\''", StringComparison.Ordinal)}\n'\n");
        return await RunAsync(path, folder.MakeFolder("changes"), root, Distribution.PathTo(""));
    }

    private static async Task<string> RunAsync(params string[] scriptAndArguments)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf("unshare"),
            Arguments = ["--mount", "--propagation", "private", "--pid", "--fork", "--mount-proc", "--kill-child", "/bin/sh", .. scriptAndArguments],
        }.WithEnvironment([.. s_surroundings, "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]), TimeSpan.FromMinutes(10));
        Assert.True(result.ExitCode == 0, $"{result.ErrorText}{result.OutputText}");
        return result.OutputText;
    }
}
