using Mono.Unix.Native;
using Shims.Control.Doctor.Live;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor;

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
        foreach (Finding finding in Directory.Exists(what) ? ExamineDirectory(what, settings) : ExamineScript(what, settings))
        {
            isSound &= finding.Severity != Severity.Error;
            yield return finding;
        }
        // Whoever has a fault to look for needs the log.
        if (!isSound && settings.MaySend && LogRoute.Check(settings) is { } log)
            yield return log;
    }

    private IEnumerable<Finding> ExamineDirectory(string directory, DoctorSettings settings)
    {
        string[] scripts = [.. Files(directory).Where(LooksLikeScript).Take(MaxFiles)];
        if (scripts.Length == 0)
            yield return new Finding(Severity.Error, directory, "there is no script in it") { Advice = "a script is executable, or begins with #!, or its name ends in .cgi" };
        foreach (string script in scripts)
        {
            foreach (Finding finding in ExamineScript(script, settings))
                yield return finding;
        }
    }

    /// <summary>In the order in which a request meets what is wrong; nothing is run as long as it is known to fail.</summary>
    private IEnumerable<Finding> ExamineScript(string path, DoctorSettings settings)
    {
        bool isSound = true;
        if (IsSomethingElse(path))
        {
            yield return new Finding(Severity.Error, path, "it is no regular file") { Advice = "name a script" };
            yield break;
        }
        ScriptCase? script = File.Exists(path) && Identity.Current.May(Access.Read, path) ? new ScriptCase(path, settings) : null;
        foreach (Finding finding in CheckFile(path, script, settings.User))
        {
            isSound &= finding.Severity != Severity.Error;
            yield return finding;
        }
        if (!isSound || script is null)
            yield break;
        if (!settings.MayRun)
        {
            yield return new Finding(Severity.Good, path, $"user {settings.User.Name} can start it");
            yield break;
        }
        Finding[] complaints = [.. SourceCheck.Check(script)];
        Finding[] unasked = [new Finding(Severity.Good, path, $"user {settings.User.Name} can start it")];
        foreach (Finding finding in CureOrder.Arrange(complaints.Length > 0 ? complaints : settings.MaySend ? new LiveRequest(script).Send() : unasked))
            yield return finding;
    }

    /// <summary>Everything that can be seen without running anything.</summary>
    private IEnumerable<Finding> CheckFile(string path, ScriptCase? script, Identity user)
    {
        Access needed = script?.Form.IsNative == true ? Access.Execute : Access.Read | Access.Execute;
        IEnumerable<Finding> findings = user.FindObstacles(needed, path).Select(obstacle => ScriptAccess.Explain(path, obstacle, user));
        return script is null ? findings : findings.Concat(ScriptMode.Check(path, _mounts)).Concat(script.Form.Check());
    }

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true }).Order(StringComparer.Ordinal);

    /// <summary>A pipe or a device, which nobody should open to see what is in it.</summary>
    private static bool IsSomethingElse(string path) => Syscall.stat(path, out Stat status) == 0 && (status.st_mode & FilePermissions.S_IFMT) != FilePermissions.S_IFREG;

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
