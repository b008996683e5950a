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
}
