using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Live;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Everything that doctor knows.</summary>
internal static class Examinations
{
    /// <summary>In the order in which they are asked; the last one takes what nothing else knows.</summary>
    internal static IReadOnlyList<IExamination> All { get; } =
    [
        new SocketExamination(),
        new CapsuleExamination(),
        new InetdExamination(),
        new XinetdExamination(),
        new UnitExamination(),
        new NginxExamination(),
        new ApacheExamination(),
        new LighttpdExamination(),
        new FlatExamination(),
        new ScriptExamination(),
    ];

    /// <summary>Looks at one thing.</summary>
    /// <returns>Findings as they are made. None has a fix that is not a command which may be printed.</returns>
    internal static IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        FixScope scope = FixScope.OfConfiguration(what.StartsWith("unix:", StringComparison.Ordinal) ? what["unix:".Length..] : what);
        return ExaminationGuard.Run(what, () => ExamineUnguarded(what, settings)).Select(finding => finding.Settle(scope));
    }

    /// <summary>Looks at several things, in their order.</summary>
    /// <returns>
    /// Findings as they are made; but none before the last configuration has been read, because each may ask for a change to another one, and whoever runs all cures from the first to the last must not find
    /// that a line is somewhere else by then.
    /// </returns>
    internal static IEnumerable<Finding> ExamineAll(IReadOnlyList<string> whats, DoctorSettings settings)
    {
        int configurations = 1 + whats.Select((what, at) => MakesNoChangeElsewhere(what) ? -1 : at).DefaultIfEmpty(-1).Max();
        IEnumerable<Finding> Of(IEnumerable<string> some) => SideBySide.Run(some, what => Examine(what, settings));
        return CureOrder.Arrange(Of(whats.Take(configurations))).Concat(Of(whats.Skip(configurations))).Distinct();
    }

    private static IEnumerable<Finding> ExamineUnguarded(string what, DoctorSettings settings)
    {
        IExamination examination = Find(what);
        return examination.Examine(what, examination is ScriptExamination ? ServiceUsers.NameUser(what, settings) : settings);
    }

    private static bool MakesNoChangeElsewhere(string what) => Find(what) is SocketExamination or CapsuleExamination or ScriptExamination;

    /// <summary>The first that knows the kind of thing; what cannot be read is known by its name alone.</summary>
    private static IExamination Find(string what) => All.First(examination =>
    {
        try
        {
            return examination.Recognises(what);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
