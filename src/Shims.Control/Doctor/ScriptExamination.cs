using System.Text;
using Shims.Cgi;
using Shims.Control.Doctor.Scripts;

namespace Shims.Control.Doctor;

/// <summary>Whether scripts can be run, and what they answer. Takes whatever nothing else recognises.</summary>
internal sealed class ScriptExamination : IExamination
{
    /// <summary>As many files of one directory as are looked at.</summary>
    private const int MaxFiles = 1000;

    private readonly MountTable _mounts = MountTable.OfThisMachine();

    /// <summary>The PATH that scripts get from a super-server that has none itself.</summary>
    internal static string ScriptPath { get; } = Encoding.UTF8.GetString(CgiEnvironment.DefaultPath);

    public bool Recognises(string what) => true;

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings) =>
        Directory.Exists(what) ? ExamineDirectory(what, settings) : ExamineScript(what, settings);

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

    private IEnumerable<Finding> ExamineScript(string script, DoctorSettings settings)
    {
        bool isSound = true;
        foreach (Finding finding in CheckFile(script, settings.User))
        {
            isSound &= finding.Severity != Severity.Error;
            yield return finding;
        }
        if (isSound)
            yield return new Finding(Severity.Good, script, $"user {settings.User.Name} can start it");
    }

    /// <summary>Everything that can be seen without running anything.</summary>
    private IEnumerable<Finding> CheckFile(string script, Identity user)
    {
        ScriptForm? form = null;
        bool isThere = File.Exists(script) && Identity.Current.May(Access.Read, script);
        if (isThere)
            form = new ScriptForm(script, ScriptPath, user);
        Access needed = form?.IsNative == true ? Access.Execute : Access.Read | Access.Execute;
        IEnumerable<Finding> findings = user.FindObstacles(needed, script).Select(obstacle => ScriptAccess.Explain(script, obstacle, user));
        return form is null ? findings : findings.Concat(ScriptMode.Check(script, _mounts)).Concat(form.Check());
    }

    private static IEnumerable<string> Files(string directory) =>
        Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = true }).Order(StringComparer.Ordinal);

    private static bool LooksLikeScript(string path)
    {
        const UnixFileMode anyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if ((File.GetUnixFileMode(path) & anyExecute) != 0 || path.EndsWith(".cgi", StringComparison.Ordinal))
            return true;
        if (!Identity.Current.May(Access.Read, path))
            return false;
        using FileStream file = File.OpenRead(path);
        return file.ReadByte() == '#' && file.ReadByte() == '!';
    }
}
