using Mono.Unix;
using Mono.Unix.Native;

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
                { Command = $"mount -o remount,exec {ShellWord.Path(mount)}", Advice = "or move it to another filesystem" };
        }
        if (Syscall.stat(real, out Stat status) != 0)
            yield break;
        string path = ShellWord.Path(script);
        if (status.st_mode.HasFlag(FilePermissions.S_ISUID))
            yield return new Finding(Severity.Warning, script, "it is setuid: native programs run as their owner then, whoever asks, and scripts do not in spite of it") { Command = $"chmod u-s {path}" };
        if (status.st_mode.HasFlag(FilePermissions.S_ISGID))
            yield return new Finding(Severity.Warning, script, "it is setgid: native programs run with their group then, whoever asks, and scripts do not in spite of it") { Command = $"chmod g-s {path}" };
        if (status.st_mode.HasFlag(FilePermissions.S_IWOTH))
            yield return new Finding(Severity.Warning, script, "everybody on this machine may rewrite it") { Command = $"chmod o-w {path}" };
        string folder = Path.GetDirectoryName(real)!;
        if (Syscall.stat(folder, out Stat around) == 0 && around.st_mode.HasFlag(FilePermissions.S_IWOTH) && !around.st_mode.HasFlag(FilePermissions.S_ISVTX))
            yield return new Finding(Severity.Warning, script, $"everybody on this machine may replace it, because everybody may write {folder}") { Command = $"chmod o-w {ShellWord.Path(folder)}" };
    }
}
