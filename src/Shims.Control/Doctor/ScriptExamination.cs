namespace Shims.Control.Doctor;

/// <summary>Whether a script can be run, and what it answers. Takes whatever nothing else recognises.</summary>
internal sealed class ScriptExamination : IExamination
{
    public bool Recognises(string what) => true;

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        if (settings.User.FindObstacle(Access.Read | Access.Execute, what) is not { } obstacle)
            return [new Finding(Severity.Good, what, $"user {settings.User.Name} may run it")];
        return [ScriptAccess.Explain(what, obstacle, settings.User)];
    }
}
