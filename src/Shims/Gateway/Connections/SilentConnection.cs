using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>A connection on which nothing has come in, so that it is not known yet what is spoken there.</summary>
internal sealed class SilentConnection(ConnectionContext context, int descriptor) : Connection(context, descriptor)
{
    protected override bool ExpectsMore => true;

    internal override IReadOnlyList<Exchange> Requests => [];

    protected override long RequestDeadline => long.MaxValue;

    internal override void Finish() => AwaitFirstRequest(hasPartCome: false);

    internal override void Shutdown() => CloseOrderly(hasInputEnded: true);

    protected override void Advance()
    {
        Span<byte> first = stackalloc byte[1];
        nint count = Transport.CanRead ? Transport.Peek(first) : -1;
        if (count == 0)
            CloseOrderly(hasInputEnded: true); // a health check
        else if (count > 0)
            HandOver(Detection.Of(first[0]));
    }

    protected override void OnPhaseEnd()
    {
        if (!Context.IsFinishing)
        {
            Context.Report(Log.NewRequestId(), new Fault(400, $"the web server sent nothing within {Context.Limits.HeaderSeconds} s", $"see whether it speaks {Detection.Names("or")}")
            { ExitCode = ExitCode.PeerError });
        }
        CloseOrderly(hasInputEnded: true);
    }

    protected override void OnRequestEnd()
    {
        // There is no request.
    }

    protected override void PeerGone() => CloseBroken();

    protected override void OnClosed()
    {
        // Nothing has come in, so nothing is held.
    }
}
