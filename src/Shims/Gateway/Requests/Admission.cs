using Shims.Cgi;
using Shims.Diagnostics;

namespace Shims.Gateway.Requests;

/// <summary>Admits a request to a script or a handler, or refuses it.</summary>
internal static class Admission
{
    internal static Fault BodyTooLarge(GatewayOptions options) =>
        new(413, "the request's body is larger than --max-body allows", $"raise --max-body (now {options.Limits.BodySize} bytes), or configure the web server to refuse it");

    /// <summary>Counts the request among those running.</summary>
    /// <returns>False if it has been refused, with a page that says why, or waits until it is admitted.</returns>
    /// <param name="exchange">The request.</param>
    /// <param name="begin">Begins to answer it, if it has to wait before; null if it cannot wait.</param>
    internal static bool Admit(Exchange exchange, Action? begin = null)
    {
        Limits limits = exchange.Context.Limits;
        if (exchange.BodyLength > limits.BodySize)
        {
            exchange.Fail(BodyTooLarge(exchange.Context.Options));
            return false;
        }
        Slots slots = exchange.Context.Service.Slots;
        int reason = 0, slot = -1;
        bool mayWait = begin is not null && limits.WaitSeconds > 0;
        if (!(mayWait && slots.HasQueue) && slots.TryTake(out slot, out reason))
        {
            exchange.Slot = slot;
            return true;
        }
        if (reason != 0 || !mayWait || !WaitingResponse.TryStart(exchange, begin!))
            Refuse(exchange, reason == 0 ? NoSlot(limits) : NoLock(reason));
        return false;
    }

    /// <summary>Refuses a request for which no script may be started.</summary>
    internal static void Refuse(Exchange exchange, Fault fault)
    {
        exchange.Context.Service.Watch?.CountRefused();
        exchange.Observer?.GiveUp(); // a burst of 503s would evict the capsules of real failures
        exchange.Fail(fault);
    }

    /// <summary>The fault of a request that finds all slots taken.</summary>
    internal static Fault NoSlot(Limits limits) => limits.WaitSeconds == 0
        ? new Fault(503, $"as many scripts are running as --max allows ({limits.Concurrency})", "raise --max, or see why they take so long")
        : new Fault(503,
            $"as many scripts are running as --max allows ({limits.Concurrency}), and more requests wait than could be answered within the {limits.WaitSeconds} s of --max-wait", "raise --max, or see why they take so long");

    /// <summary>The fault where it cannot be known how many scripts run.</summary>
    internal static Fault NoLock(int reason) =>
        new(503, $"cannot count the running scripts: no lock can be taken ({ScriptDiagnosis.Name(reason)})",
            "see whether TMPDIR is on a file system with locks; raise the limit on open files (ulimit -n)")
        { ExitCode = ExitCode.SystemError };
}
