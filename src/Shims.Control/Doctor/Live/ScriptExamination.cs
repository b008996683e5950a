using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Live;

/// <summary>Whether scripts can be run, and what they answer. Takes whatever nothing else recognises.</summary>
internal sealed class ScriptExamination : IExamination
{
    /// <summary>As many files of one directory as are looked at.</summary>
    private const int MaxFiles = 1000;

    private readonly MountTable _mounts = MountTable.OfThisMachine();

    public bool Recognises(string what) => true;

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        bool isSound = true;
        foreach (Finding finding in Directory.Exists(what) ? ExamineDirectory(what, settings) : ExamineScript(what, settings, folder: null))
        {
            isSound &= finding.Severity != Severity.Error;
            yield return finding;
        }
        if (settings.MaySend && settings.Idleness is { } idleness)
            yield return idleness;
        // Whoever has a fault to look for needs the log.
        if (!isSound && settings.MaySend && LogRoute.Check(settings) is { } log)
            yield return log.Settle(FixScope.OfScript(what));
    }

    private IEnumerable<Finding> ExamineDirectory(string directory, DoctorSettings settings)
    {
        string[] scripts = [.. Files(directory).Where(SeemsToBeScript).Take(MaxFiles)];
        if (scripts.Length == 0)
            yield return new Finding(Severity.Error, directory, "there is no script in it") { Advice = "a script is executable, or begins with #!, or its name ends in .cgi" };
        foreach (string script in scripts)
        {
            foreach (Finding finding in ExaminationGuard.Run(script, () => ExamineScript(script, settings, directory)))
                yield return finding;
        }
    }

    /// <summary>In the order in which a request meets what is wrong; nothing is run as long as it is known to fail.</summary>
    private IEnumerable<Finding> ExamineScript(string path, DoctorSettings settings, string? folder)
    {
        if (LeadsNowhere(path) is { } nowhere)
            return [nowhere];
        if (folder is not null && LeadsOut(path, folder) is { } refused)
            return [refused];
        if (IsSomethingElse(path))
            return [new Finding(Severity.Error, path, "it is no regular file") { Advice = "name a script" }];
        FixScope scope = FixScope.OfScript(path, folder, settings.FixOwner);
        ScriptCase? script = File.Exists(path) && Identity.Current.May(Access.Read, path) ? new ScriptCase(path, settings) : null;
        Finding[] findings = [.. CheckFile(path, script, settings.User, isScript: folder is null || path.EndsWith(".cgi", StringComparison.Ordinal)).Select(finding => finding.Settle(scope))];
        return script is null || Array.Exists(findings, finding => finding.Severity == Severity.Error)
            ? findings
            : findings.Concat(ExamineRunning(script).Select(finding => finding.Settle(scope)));
    }

    /// <summary>What shows only when something is run.</summary>
    private static IEnumerable<Finding> ExamineRunning(ScriptCase script)
    {
        var unasked = new Finding(Severity.Good, script.Path, $"user {script.User.Name} can start it");
        if (!script.Settings.MayStart)
            return [unasked];
        Finding[] complaints = [.. SourceCheck.Check(script)];
        return complaints.Length > 0 ? complaints : script.Settings.MaySend ? new LiveRequest(script).Send() : [unasked];
    }

    /// <summary>Everything that can be seen without running anything.</summary>
    private IEnumerable<Finding> CheckFile(string path, ScriptCase? script, Identity user, bool isScript)
    {
        Access needed = script?.Form.IsNative == true ? Access.Execute : Access.Read | Access.Execute;
        IEnumerable<Finding> findings = user.FindObstacles(needed, path).Select(obstacle => ScriptAccess.Explain(path, obstacle, user, isScript));
        return script is null ? findings : findings.Concat(ScriptMode.Check(path, _mounts)).Concat(script.Form.Check());
    }

    /// <summary>A link whose end is not there, or that leads round in a circle.</summary>
    private static Finding? LeadsNowhere(string path)
    {
        if (Syscall.lstat(path, out Stat link) != 0 || (link.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFLNK || Syscall.stat(path, out _) == 0)
            return null;
        return Stdlib.GetLastError() switch
        {
            Errno.ENOENT or Errno.ENOTDIR => new Finding(Severity.Error, path, $"the link leads to {UnixPath.ReadLink(path)}, which is not there") { Advice = "let it lead to the script, or remove it" },
            Errno.ELOOP => new Finding(Severity.Error, path, $"the link leads to {UnixPath.ReadLink(path)}, and so round in a circle") { Advice = "let it lead to the script, or remove it" },
            _ => null,
        };
    }

    /// <summary>A link that the gateways refuse: what is wrong is not the mode of the file that it leads to.</summary>
    private static Finding? LeadsOut(string path, string folder)
    {
        if (Syscall.lstat(path, out Stat link) != 0 || (link.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFLNK || Syscall.stat(path, out Stat target) != 0)
            return null;
        string real = UnixPath.GetCompleteRealPath(path);
        return link.st_uid == 0 || link.st_uid == target.st_uid || FileCustody.IsIn(real, FileCustody.RealFolder(folder)) ? null
            : new Finding(Severity.Error, path, $"the link leads out of the directory, to {real}, which belongs to user {FileCustody.NameOf(target.st_uid)}, and the link to user {FileCustody.NameOf(link.st_uid)}: scgi-run and fcgi-run refuse it")
            { Advice = "put a copy in its place, or name that file by itself" };
    }

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true }).Order(StringComparer.Ordinal);

    /// <summary>A pipe or a device, which nobody should open to see what is in it.</summary>
    private static bool IsSomethingElse(string path) => Syscall.stat(path, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG;

    /// <summary>What cannot be looked at is looked at all the same: so that this is said.</summary>
    private static bool SeemsToBeScript(string path)
    {
        try
        {
            return LeadsNowhere(path) is not null || LooksLikeScript(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static bool LooksLikeScript(string path)
    {
        if (IsSomethingElse(path))
            return false;
        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & anyExecute) != 0 || path.EndsWith(".cgi", StringComparison.Ordinal))
            return true;
        if (!Identity.Current.May(Access.Read, path))
            return false;
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == '#' && file.ReadByte() == '!';
    }
}
