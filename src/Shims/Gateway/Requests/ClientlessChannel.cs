using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>The way back of a request whose client has left, while its script goes on: <c>--client-gone finish</c>. Whatever the script
/// writes is thrown away.</summary>
/// <param name="exchange">The request, which belongs to it from now on.</param>
/// <param name="protocol">As the client spoke it.</param>
/// <param name="peer">A description of the client.</param>
internal sealed class ClientlessChannel(Exchange exchange, string protocol, string peer) : IResponseChannel, IScheduled
{
    private bool _hasEnded;

    /// <summary>The client has left: lets the script go on, if it is to and has, or will get, all of the request.</summary>
    /// <returns>True if the request is no longer its connection's.</returns>
    internal static bool TryTakeOver(Exchange exchange)
    {
        if (!exchange.Context.Options.FinishesAlone || !exchange.IsWhole || exchange.Response is not { MayGoOn: true } response)
            return false;
        IResponseChannel left = exchange.Channel;
        left.EndSplice();
        exchange.Channel = new ClientlessChannel(exchange, left.Protocol, left.Peer);
        exchange.Outcome.Access?.ClientLeft();
        exchange.Context.Clientless++;
        response.ClientLeft();
        exchange.Schedule();
        return true;
    }

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
