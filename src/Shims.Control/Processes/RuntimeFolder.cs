namespace Shims.Control.Processes;

/// <summary>
/// The folder of a socket. /run is empty after each start of the machine, so a folder below it is made by systemd-tmpfiles(8) at each start.
/// </summary>
internal static class RuntimeFolder
{
    /// <summary>Folders that belong to the system, and are never given to a user.</summary>
    private static readonly string[] s_systemFolders =
        ["/", "/run", "/var/run", "/var/lib", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/srv", "/home", "/root"];

    /// <summary>True for a folder that only the web server's user may enter once it is made: false for those of the system.</summary>
    internal static bool MayBeOwned(string folder) => !s_systemFolders.Contains(folder);

    /// <summary>True for a folder that is gone after the next start of the machine.</summary>
    internal static bool IsOfOneStart(string folder) => BelowRun(folder) is not null;

    /// <summary>The command that makes the folder, now and at each start of the machine.</summary>
    /// <param name="folder">Its full path, in characters that a shell and tmpfiles.d(5) take as they are.</param>
    /// <param name="owner">The only user who may enter it.</param>
    /// <returns>Empty for a folder of the system.</returns>
    internal static string Command(string folder, string owner)
    {
        if (!MayBeOwned(folder))
            return "";
        if (BelowRun(folder) is not { } name)
            return $"[ -d {folder} ] || install -d -o {owner} -m 700 {folder}";
        string file = $"/etc/tmpfiles.d/{name.Replace('/', '-')}.conf";
        return $"echo 'd /run/{name} 0700 {owner} - -' >{file} && systemd-tmpfiles --create {file}";
    }

    private static string? BelowRun(string folder) =>
        folder.StartsWith("/run/", StringComparison.Ordinal) ? folder["/run/".Length..]
        : folder.StartsWith("/var/run/", StringComparison.Ordinal) ? folder["/var/run/".Length..] : null;
}
