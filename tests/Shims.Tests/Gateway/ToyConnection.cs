using Shims.Cgi;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Tests.Gateway;

/// <summary>A connection that speaks a protocol of the tests: <c>~NAME=VALUE&amp;NAME=VALUE</c> and a newline, answered by the CGI response and the end of the connection.</summary>
internal sealed class ToyConnection(ConnectionContext context, int descriptor) : Shims.Gateway.Connections.Connection(context, descriptor), IResponseChannel
{
    /// <summary>Its line in the table.</summary>
    internal static Protocol Protocol { get; } = new()
    {
        Name = "Toy",
        Article = "a",
        Word = "toy",
        Scheme = "toy",
        FirstBytes = "~",
        Open = static (context, descriptor) => new ToyConnection(context, descriptor),
        Enclose = static (_, page) => [.. "!"u8, .. page],
    };

    private Exchange? _exchange;

    internal override IReadOnlyList<Exchange> Requests => _exchange is { } exchange ? [exchange] : [];

    protected override bool ExpectsMore => _exchange is null;

    protected override long RequestDeadline => _exchange?.Deadline ?? long.MaxValue;

    string IResponseChannel.Protocol => "Toy";

    internal override void Finish() => OnPhaseEnd();

    internal override void Shutdown() => OnPhaseEnd();

    int IResponseChannel.Write(ReadOnlySpan<byte> output) => Transport.Send(output);

    void IResponseChannel.End(int exitCode) => CloseOrderly(hasInputEnded: true);

    void IResponseChannel.Break() => CloseBroken();

    protected override void Advance()
    {
        Span<byte> line = stackalloc byte[1024];
        if (_exchange is null && Transport.CanRead && Transport.Peek(line) is > 0 and nint count)
        {
            int end = line[..(int)count].IndexOf((byte)'\n');
            if (end < 0)
                Transport.WaitForMore();
            else
                Begin(line[1..(int)Transport.Receive(line[..(end + 1)])]);
        }
        if (!IsEnding)
            _exchange?.Response?.Advance();
    }

    protected override void OnPhaseEnd() => CloseBroken();

    protected override void OnRequestEnd() => _exchange!.OnDeadline();

    protected override void PeerGone()
    {
        _exchange?.Response?.Abandon(StopReason.PeerGone);
        CloseBroken();
    }

    protected override void OnClosed() => _exchange?.Release();

    private void Begin(Span<byte> line)
    {
        Enter(ConnectionPhase.Serving);
        _exchange = new Exchange(Context, this, hasHeader: true) { Memory = Arena.Create(line.Length) };
        Span<byte> block = _exchange.Memory.Take(line.Length);
        line.CopyTo(block);
        block.Replace((byte)'=', (byte)0);
        block.Replace((byte)'&', (byte)0);
        block.Replace((byte)'\n', (byte)0);
        _exchange.SetVariables(new CgiVariables(block));
        _exchange.Complete(_exchange.Body);
        Responder.Start(_exchange, connection: -1);
    }
}
