using Shims.Control.Terminal;
using Shims.Control.Users;

namespace Shims.Control.Doctor;

/// <summary>Keeps the fault of one examination from ending the others.</summary>
internal static class ExaminationGuard
{
    /// <summary>
    /// Looks at one file, and makes a finding of whatever goes wrong with that: a file that cannot be looked at does not end the run.
    /// </summary>
    /// <param name="subject">The file.</param>
    /// <param name="examine">Looks at it.</param>
    internal static IEnumerable<Finding> Run(string subject, Func<IEnumerable<Finding>> examine)
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
            // Any fault that was not foreseen: the other files are looked at all the same.
            catch (Exception exception) when (exception is not (BrokenPipeException or OperationCanceledException or OutOfMemoryException))
            {
                finding = new Finding(Severity.Error, subject, $"it cannot be looked at: {MonoPosixLibrary.Explain(exception)?.Message ?? exception.Message.TrimEnd('.')}");
                isOver = true;
            }
            if (finding is null)
                yield break;
            yield return finding;
            if (isOver)
                yield break;
        }
    }
}
