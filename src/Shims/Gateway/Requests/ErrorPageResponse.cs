namespace Shims.Gateway.Requests;

/// <summary>Responds with a page that is known in full.</summary>
internal sealed class ErrorPageResponse(Exchange exchange, byte[] response) : Response(exchange)
{
    private int _sent;

    internal override void Advance()
    {
        if (!Exchange.MaySend || _sent == response.Length)
            return;
        int count;
        do
        {
            count = Exchange.Write(response.AsSpan(_sent));
            _sent += count;
        }
        while (count > 0 && _sent < response.Length);
        if (_sent == response.Length)
            Exchange.End(0);
    }

    internal override void Abandon(StopReason reason)
    {
        // A page has no process that would have to be ended.
    }
}
