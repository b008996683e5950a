using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>The way back of a request whose client has left, while its script goes on: <c>--client-gone finish</c>. Whatever the script
/// writes is thrown away.</summary>
/// <param name="exchange">The request, which is nobody else's from now on.</param>
/// <param name="protocol">As the client spoke it.</param>
/// <param name="peer">A description of the client.</param>
internal sealed class ClientlessChannel(Exchange exchange, string protocol, string peer) : IResponseChannel, IScheduled
{
    private bool _hasEnded;

    public string Protocol => protocol;

    public string Peer => peer;

    public void Schedule() => exchange.Context.Loop.Schedule(this);

    public int Write(ReadOnlySpan<byte> output) => output.Length;

    public void End(int exitCode) => End();

    public void Break() => End();

    void IScheduled.OnTurn()
    {
        if (!_hasEnded)
            exchange.Response?.Advance();
    }

    private void End()
    {
        if (_hasEnded)
            return;
        _hasEnded = true;
        exchange.Context.Clientless--;
        exchange.Release();
    }
}
