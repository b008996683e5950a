using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Gateway.Requests;

/// <summary>Admits a request to a script or a handler, or refuses it.</summary>
internal static class Admission
{
    internal static Fault BodyTooLarge(GatewayOptions options) =>
        new(413, "the request's body is larger than --max-body allows", $"raise --max-body (now {options.Limits.BodySize} bytes), or configure the web server to refuse it");

    /// <summary>Counts the request among those running.</summary>
    /// <returns>False if it has been refused, with a page that says why.</returns>
    internal static bool Admit(Exchange exchange)
    {
        Limits limits = exchange.Context.Limits;
        if (exchange.BodyLength > limits.BodySize)
        {
            exchange.Fail(BodyTooLarge(exchange.Context.Options));
            return false;
        }
        if (!exchange.Context.Service.Slots.TryTake(out int slot, out int reason))
        {
            exchange.Observer?.GiveUp(); // a burst of 503s would evict the capsules of real failures
            exchange.Fail(reason == 0
                ? new Fault(503, $"as many scripts are running as --max allows ({limits.Concurrency})", "raise --max, or see why they take so long")
                : new Fault(503, $"cannot count the running scripts: no lock can be taken ({ScriptDiagnosis.Name(reason)})", "see whether TMPDIR is on a file system with locks; raise the limit on open files (ulimit -n)")
                { ExitCode = ExitCode.SystemError });
            return false;
        }
        exchange.Slot = slot;
        return true;
    }
}
