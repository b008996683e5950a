using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Live;

/// <summary>Looks at scripts, and asks them. Takes everything that no other examination recognises.</summary>
internal sealed class ScriptExamination : IExamination
{
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
        // To look for a fault takes the log.
        if (!isSound && settings.MaySend && LogRoute.Check(settings) is { } log)
            yield return log.Settle(FixScope.OfScript(what));
    }

    private IEnumerable<Finding> ExamineDirectory(string directory, DoctorSettings settings)
    {
        var folder = new ScriptFolder(directory, settings);
        if (folder.Scripts.Count == 0)
            yield return new Finding(Severity.Error, directory,
                "there is no script in it")
            { Advice = "a script is executable, or its name ends in .cgi" };
        foreach (Finding finding in SideBySide.Run(folder.Scripts, script =>
            ExaminationGuard.Run(script, () => ExamineScript(script, settings, directory))))
            yield return finding;
        foreach (string other in folder.Others)
            yield return new Finding(Severity.Good, other, "not executable, so it is not a script for visitors (a URL that leads to it "
                + "gets 403): right for a library or a configuration file");
    }

    /// <summary>In the order in which a request meets what is wrong; nothing is run as long as it is known to fail.</summary>
    private IEnumerable<Finding> ExamineScript(string path, DoctorSettings settings, string? folder)
    {
        if (ScriptLink.LeadsNowhere(path) is { } nowhere)
            return [nowhere];
        if (folder is not null && ScriptLink.LeadsOut(path, folder) is { } refused)
            return [refused];
        if (ScriptLink.IsSomethingElse(path))
            return [new Finding(Severity.Error, path, "not a regular file") { Advice = "name a script" }];
        FixScope scope = FixScope.OfScript(path, folder, settings.FixOwner);
        ScriptCase? script = File.Exists(path) && UserAccount.Current.May(Access.Read, path) ? new ScriptCase(path, settings) : null;
        bool isScript = folder is null || path.EndsWith(".cgi", StringComparison.Ordinal);
        Finding[] findings = [.. CheckFile(path, script, settings, isScript).Select(finding => finding.Settle(scope))];
        return script is null || Array.Exists(findings, finding => finding.Severity == Severity.Error)
            ? findings
            : findings.Concat(ExamineRunning(script).Select(finding => finding.Settle(scope)));
    }

    /// <summary>Faults that show only when something is run.</summary>
    private static IEnumerable<Finding> ExamineRunning(ScriptCase script)
    {
        var unasked = new Finding(Severity.Good, script.Path, $"user {script.User.Name} can start it");
        if (!script.Settings.MayStart)
            return [unasked];
        Finding[] complaints = [.. SourceCheck.Check(script)];
        return complaints.Length > 0 ? complaints : script.Settings.MaySend ? new LiveRequest(script).Send() : [unasked];
    }

    /// <summary>Faults that can be seen without running anything.</summary>
    private IEnumerable<Finding> CheckFile(string path, ScriptCase? script, DoctorSettings settings, bool isScript)
    {
        bool isInterpreted = settings.InterpreterOf(path) is not null || script?.GivenInterpreter is not null;
        Access needed = isInterpreted ? Access.Read : script?.Form.IsNative == true ? Access.Execute : Access.Read | Access.Execute;
        if (script is not null && !isInterpreted && DroppedFile.Explain(script) is { } dropped)
            return [dropped];
        IEnumerable<Finding> findings = settings.User.FindObstacles(needed, path)
            .Select(obstacle => ScriptAccess.Explain(path, obstacle, settings.User, isScript));
        if (script is not null && isInterpreted)
            return findings.Concat(InterpretedForm.Check(script));
        if (script is not null && InterpreterTarget.Check(script) is { } interpreter)
            findings = findings.Append(interpreter);
        return script is null ? findings : findings.Concat(ScriptMode.Check(path, script.Form.IsNative, _mounts))
            .Concat(script.Form.Check());
    }
}
