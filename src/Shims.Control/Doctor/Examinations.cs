using Shims.Control.Doctor.Deployments;

namespace Shims.Control.Doctor;

/// <summary>Everything that doctor knows.</summary>
internal static class Examinations
{
    /// <summary>In the order in which they are asked; the last one takes what nobody else knows.</summary>
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
    internal static IEnumerable<Finding> Examine(string what, DoctorSettings settings) =>
        All.First(examination => examination.Recognises(what)).Examine(what, settings);

    /// <summary>Looks at several things, in their order.</summary>
    /// <returns>
    /// Findings as they are made; but none before the last configuration has been read, because each may ask for a change to another one, and whoever runs all cures from the first to the last must not find
    /// that a line is somewhere else by then.
    /// </returns>
    internal static IEnumerable<Finding> ExamineAll(IReadOnlyList<string> whats, DoctorSettings settings)
    {
        int configurations = 1 + whats.Select((what, at) => MakesNoChangeElsewhere(what) ? -1 : at).DefaultIfEmpty(-1).Max();
        IEnumerable<Finding> Of(IEnumerable<string> some) => some.SelectMany(what => Examine(what, settings));
        return CureOrder.Arrange(Of(whats.Take(configurations))).Concat(Of(whats.Skip(configurations))).Distinct();
    }

    private static bool MakesNoChangeElsewhere(string what) => All.First(examination => examination.Recognises(what)) is SocketExamination or CapsuleExamination or ScriptExamination;
}
