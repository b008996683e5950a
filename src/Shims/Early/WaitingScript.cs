using Shims.Posix;

namespace Shims.Early;

/// <summary>The script that <see cref="EarlyScript"/> has started, until it is taken over by the request that it answers.</summary>
internal sealed unsafe class WaitingScript
{
    private readonly LaunchPlan _plan;
    private readonly StartedScript _script;
    private bool _isWaiting = true;

    private WaitingScript(in EarlyOutcome early) => (_plan, _script) = (early.Plan, early.Script);

    /// <summary>The script; null if none was started.</summary>
    internal static WaitingScript? Of(in EarlyOutcome early) => early.HasScript ? new WaitingScript(early) : null;

    /// <summary>Takes over the script, once, if it is the one that is to be started now: the same file with the same environment.</summary>
    /// <param name="plan">The program to start.</param>
    /// <param name="script">The script that runs.</param>
    internal bool TryTake(in LaunchPlan plan, out StartedScript script)
    {
        script = _script;
        bool isSame = _isWaiting && IsSame(plan.Path, _plan.Path) && IsSame(plan.Arguments, _plan.Arguments) && IsSame(plan.Environment, _plan.Environment);
        if (isSame)
            _isWaiting = false;
        return isSame;
    }

    /// <summary>Ends the script if no request has taken it over.</summary>
    internal void EndUnused()
    {
        if (_isWaiting)
            Libc.SignalGroup(_script.Process, Flags.SIGKILL);
        _isWaiting = false;
    }

    private static bool IsSame(byte** one, byte** other)
    {
        while (*one != null && *other != null)
        {
            if (!IsSame(*one++, *other++))
                return false;
        }
        return *one == *other;
    }

    private static bool IsSame(byte* one, byte* other) =>
        new ReadOnlySpan<byte>(one, Libc.LengthOf(one)).SequenceEqual(new ReadOnlySpan<byte>(other, Libc.LengthOf(other)));
}
