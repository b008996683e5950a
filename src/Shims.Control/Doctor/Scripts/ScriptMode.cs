using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor.Scripts;

/// <summary>What a script's mode, owner and place say beside whether it may be run.</summary>
internal static class ScriptMode
{
    internal static IEnumerable<Finding> Check(string script, MountTable mounts)
    {
        string real = UnixPath.GetCompleteRealPath(script);
        if (mounts.FindNoExec(real) is { } mount)
        {
            yield return new Finding(Severity.Error, script, $"the filesystem {mount}, which it is on, is mounted noexec: nothing may be run from there")
            { Advice = $"move it to another filesystem, or let this one run programs, if nobody relies on it that it does not: mount with the option exec, and see /etc/fstab" };
        }
        if (Syscall.stat(real, out Stat status) != 0)
            yield break;
        if (status.st_mode.HasFlag(FilePermissions.S_ISUID))
            yield return new Finding(Severity.Warning, script, "it is setuid: native programs run as their owner then, whoever asks, and scripts do not in spite of it") { Advice = "leave it if it is meant so; an interpreter does not honour it in a script" };
        if (status.st_mode.HasFlag(FilePermissions.S_ISGID))
            yield return new Finding(Severity.Warning, script, "it is setgid: native programs run with their group then, whoever asks, and scripts do not in spite of it") { Advice = "leave it if it is meant so; an interpreter does not honour it in a script" };
        if (status.st_mode.HasFlag(FilePermissions.S_IWOTH))
            yield return new Finding(Severity.Warning, script, "everybody on this machine may rewrite it") { Fix = new ModeChange(script, "o-w") };
        string folder = Path.GetDirectoryName(real)!;
        if (Syscall.stat(folder, out Stat around) == 0 && around.st_mode.HasFlag(FilePermissions.S_IWOTH) && !around.st_mode.HasFlag(FilePermissions.S_ISVTX))
            yield return new Finding(Severity.Warning, script, $"everybody on this machine may replace it, because everybody may write {folder}") { Fix = new ModeChange(folder, "o-w") { IsFolder = true } };
    }
}
