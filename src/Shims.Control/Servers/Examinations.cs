using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Live;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers;

/// <summary>Looks at everything that doctor knows.</summary>
internal sealed class Examinations
{
    private readonly DoctorSettings _settings;
    private readonly ConfigurationSet _set;

    /// <summary>In the order in which they are asked; the last one takes what nothing else knows.</summary>
    private readonly IReadOnlyList<IExamination> _all;

    private Examinations(DoctorSettings settings)
    {
        _settings = settings;
        _set = new ConfigurationSet(settings.Given, ServerKinds.UsualFiles(), ServerKinds.Read);
        _all = [new UrlExamination(_set), new SocketExamination(_set), new ConfigurationExamination(_set), new CapsuleExamination(),
            new ScriptExamination()];
    }

    /// <summary>The files and sockets of this machine, for a command line that names nothing.</summary>
    internal static IEnumerable<string> FindAll(DoctorSettings settings) =>
        new Examinations(settings)._all.SelectMany(examination => examination.FindAll()).Distinct();

    /// <summary>Looks at one thing.</summary>
    /// <returns>Findings as they are made. None has a fix that is not a command which may be printed.</returns>
    internal static IEnumerable<Finding> Examine(string what, DoctorSettings settings) => new Examinations(settings).Examine(what);

    /// <summary>Looks at several things, in their order.</summary>
    /// <returns>
    /// Findings as they are made, but none before the last configuration has been read: a configuration may ask for a change to another
    /// one. The fixes are in an order in which none moves a line that a later one names.
    /// </returns>
    internal static IEnumerable<Finding> ExamineAll(IReadOnlyList<string> whats, DoctorSettings settings)
    {
        var examinations = new Examinations(settings);
        int configurations = 1 + whats.Select((what, at) => examinations._set.At(what) is null ? -1 : at).DefaultIfEmpty(-1).Max();
        IEnumerable<Finding> Of(IEnumerable<string> some) => SideBySide.Run(some, examinations.Examine);
        return FixOrder.Arrange(Of(whats.Take(configurations))).Concat(Of(whats.Skip(configurations))).Distinct();
    }

    private IEnumerable<Finding> Examine(string what)
    {
        FixScope scope = FixScope.OfConfiguration(what.StartsWith("unix:", StringComparison.Ordinal) ? what["unix:".Length..] : what);
        return ExaminationGuard.Run(what, () => ExamineUnguarded(what)).Select(finding => finding.Settle(scope));
    }

    private IEnumerable<Finding> ExamineUnguarded(string what)
    {
        IExamination examination = Find(what);
        return examination.Examine(what, examination is ScriptExamination ? ServiceUsers.NameUser(what, _set, _settings) : _settings);
    }

    /// <summary>The first that knows the kind of thing; what cannot be read is known by its name alone.</summary>
    private IExamination Find(string what) => _all.First(examination =>
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

/// <summary>Looks at a server's configuration.</summary>
internal sealed class ConfigurationExamination(ConfigurationSet set) : IExamination
{
    public bool Recognises(string what) => set.At(what) is not null;

    public IEnumerable<string> FindAll() => ServerKinds.UsualFiles().Where(file => set.At(file)?.IsLookedFor == true);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings) => set.At(what)!.Examine(set, settings);
}
