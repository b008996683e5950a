using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Faults of a script's mode, owner and place, beside whether it may be run.</summary>
internal static class ScriptMode
{
    /// <param name="script">Its path.</param>
    /// <param name="isNative">Whether it is a binary.</param>
    /// <param name="mounts">This machine's.</param>
    internal static IEnumerable<Finding> Check(string script, bool isNative, MountTable mounts)
    {
        string real = UnixPath.GetCompleteRealPath(script);
        if (mounts.FindNoExec(real) is { } mount)
        {
            yield return new Finding(Severity.Error, script,
                $"the filesystem {mount}, which it is on, is mounted noexec: nothing may be run from there")
            {
                Advice = $"move it to another filesystem, or let this one run programs, if nothing relies on the option: mount with the "
                + $"option exec, and see /etc/fstab"
            };
        }
        if (Syscall.stat(real, out Stat status) != 0)
            yield break;
        foreach ((FilePermissions bit, string word) in new[] { (FilePermissions.S_ISUID, "setuid"), (FilePermissions.S_ISGID, "setgid") })
        {
            // A binary runs as its owner for every caller, as ikiwiki's wrappers and BackupPC's mean to.
            if (!isNative && status.st_mode.HasFlag(bit))
                yield return new Finding(Severity.Warning, script, $"{word} has no effect on a script: the kernel ignores it there "
                    + $"(execve(2))")
                { Advice = "leave it if it is meant for something else; only a binary runs as its owner" };
        }
        if (status.st_mode.HasFlag(FilePermissions.S_IWOTH))
            yield return new Finding(Severity.Warning, script,
                "everybody on this machine may rewrite it")
            { Fix = new ModeChange(script, "o-w") };
        string folder = Path.GetDirectoryName(real)!;
        if (Syscall.stat(folder, out Stat around) == 0 && around.st_mode.HasFlag(FilePermissions.S_IWOTH)
            && !around.st_mode.HasFlag(FilePermissions.S_ISVTX))
            yield return new Finding(Severity.Warning, script,
                $"everybody on this machine may replace it, because everybody may write {folder}")
            {
                Fix = new ModeChange(folder,
                "o-w")
                { IsFolder = true }
            };
    }
}
