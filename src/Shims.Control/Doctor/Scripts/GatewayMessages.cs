using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The words of the gateway's log, so that doctor and the log name a fault alike.</summary>
internal static class GatewayMessages
{
    /// <summary>The reason why a script does not start, as <c>scgi-run</c> and <c>fcgi-run</c> would say it.</summary>
    /// <param name="script">Absolute path.</param>
    /// <param name="step">The step that fails.</param>
    /// <param name="error">The kernel's error there; see <see cref="Errno"/>.</param>
    /// <returns>The cause, without the name of the script before it.</returns>
    internal static unsafe string Explain(string script, LaunchStep step, int error)
    {
        byte[] path = Encoding.UTF8.GetBytes(script + "\0");
        fixed (byte* name = path)
        {
            var plan = new LaunchPlan { Path = name, FailedAt = step, Errno = error };
            string cause = ScriptDiagnosis.Explain(plan).Cause;
            string prefix = $"cannot run {PrintableText.Of(path.AsSpan(0, path.Length - 1))}: ";
            return cause.StartsWith(prefix, StringComparison.Ordinal) ? cause[prefix.Length..] : cause;
        }
    }
}
