using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>An answer that goes on when a test says so.</summary>
internal sealed class ScriptedAnswer(Exchange exchange) : Answer(exchange)
{
    private int _left;

    /// <summary>Whether it has been told that it is not wanted any more.</summary>
    internal bool IsAbandoned { get; private set; }

    /// <summary>Whether what reads the body has enough of it for now.</summary>
    internal bool IsReaderFull { get; set; }

    internal override bool LetsBodyWait => IsReaderFull;

    /// <summary>From now on the answer has so many bytes, and ends with them.</summary>
    internal void Write(int count)
    {
        _left = count;
        TakeTurn();
    }

    /// <summary>The answer has begun, and breaks off.</summary>
    internal void BreakOff()
    {
        Exchange.Write(new byte[10]);
        Exchange.Fail(new Shims.Diagnostics.Fault(502, "it broke off", "see why"));
        TakeTurn();
    }

    /// <summary>It does not need the rest of the body.</summary>
    internal void StopReading()
    {
        Exchange.StartDrain();
        TakeTurn();
    }

    /// <summary>As after an event of the script.</summary>
    internal void TakeTurn()
    {
        Exchange.Schedule();
        Exchange.Context.Loop.RunOnce();
    }

    internal override void Advance()
    {
        if (_left == 0 || IsAbandoned || !Exchange.MaySend)
            return;
        byte[] part = new byte[64 * 1024];
        int count;
        do
            _left -= count = Exchange.Write(part.AsSpan(0, Math.Min(_left, part.Length)));
        while (count > 0 && _left > 0);
        if (_left == 0)
            Exchange.End(0);
    }

    internal override void Abandon(StopReason reason)
    {
        if (IsAbandoned)
            return;
        IsAbandoned = true;
        if (reason == StopReason.Shutdown)
            Exchange.Fail(new Shims.Diagnostics.Fault(503, "it was told to end", "ask again"));
    }
}
