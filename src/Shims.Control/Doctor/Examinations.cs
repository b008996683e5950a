using Shims.Control.Doctor.Deployments;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor;

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
        return Guard(what, () => Find(what).Examine(what, settings)).Select(scope.Settle);
    }

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

    /// <summary>Looks at one file, and makes a finding of whatever goes wrong with that: a file that cannot be looked at does not end the run.</summary>
    /// <param name="subject">The file.</param>
    /// <param name="examine">Looks at it.</param>
    internal static IEnumerable<Finding> Guard(string subject, Func<IEnumerable<Finding>> examine)
    {
        IEnumerator<Finding>? findings = null;
        while (true)
        {
            Finding? finding;
            bool isOver = false;
            try
            {
                findings ??= examine().GetEnumerator();
                finding = findings.MoveNext() ? findings.Current : null;
            }
            // Whatever it is that nobody foresaw: the other files are looked at all the same.
            catch (Exception exception) when (exception is not (ReaderGoneException or OperationCanceledException or OutOfMemoryException))
            {
                finding = new Finding(Severity.Error, subject, $"it cannot be looked at: {exception.Message.TrimEnd('.')}");
                isOver = true;
            }
            if (finding is null)
                yield break;
            yield return finding;
            if (isOver)
                yield break;
        }
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
