using Shims.Gateway.Requests;

namespace Shims.Tests.Gateway;

/// <summary>An answer that goes on when a test says so.</summary>
internal sealed class ScriptedResponse(Exchange exchange) : Response(exchange)
{
    private readonly MemoryStream _body = new();
    private readonly MemoryStream _data = new();
    private ReadOnlyMemory<byte> _left;

    /// <summary>Whether it has been told that it is not wanted any more.</summary>
    internal bool IsAbandoned { get; private set; }

    /// <summary>Whether what reads the body has enough of it for now.</summary>
    internal bool IsReaderFull { get; set; }

    internal override bool LetsBodyWait => IsReaderFull;

    /// <summary>What has been read of the body.</summary>
    internal byte[] Body => _body.ToArray();

    /// <summary>What has been read of the file that a Filter filters.</summary>
    internal byte[] Data => _data.ToArray();

    /// <summary>From now on the answer has so many bytes, and ends with them.</summary>
    internal void Write(int count) => Write(new byte[count]);

    /// <summary>From now on the answer has these bytes, and ends with them.</summary>
    internal void Write(byte[] bytes)
    {
        _left = bytes;
        TakeTurn();
    }

    /// <summary>The answer has begun, and breaks off.</summary>
    internal void BreakOff()
    {
        FailOutsideOfTurn();
        TakeTurn();
    }

    /// <summary>The same, and the loop has something else to do first.</summary>
    internal void FailOutsideOfTurn()
    {
        Exchange.Write(new byte[10]);
        Exchange.Fail(new Shims.Diagnostics.Fault(502, "it broke off", "see why"));
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
        if (IsAbandoned)
            return;
        if (!IsReaderFull)
        {
            Read(Exchange.Body, _body);
            Read(Exchange.Data, _data);
        }
        if (_left.IsEmpty || !Exchange.MaySend)
            return;
        int count;
        do
            _left = _left[(count = Exchange.Write(_left.Span))..];
        while (count > 0 && !_left.IsEmpty);
        if (_left.IsEmpty)
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

    private static void Read(BodySpool? stream, MemoryStream destination)
    {
        while (stream is not null && stream.Front() is { IsEmpty: false } next)
        {
            destination.Write(next);
            stream.Remove(next.Length);
        }
    }
}
