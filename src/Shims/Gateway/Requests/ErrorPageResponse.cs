namespace Shims.Gateway.Requests;

/// <summary>Responds with a page that is known in full.</summary>
internal sealed class ErrorPageResponse(Exchange exchange, byte[] response) : Response(exchange)
{
    private int _sent;

    /// <summary>Responds with the page, whatever comes of the body.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="status">The page's status.</param>
    /// <param name="page">Header and body.</param>
    internal static void Give(Exchange exchange, int status, byte[] page)
    {
        exchange.Body.Discard();
        exchange.Data?.Discard();
        exchange.StartDrain();
        byte[] response = exchange.Channel.Enclose(page);
        exchange.Outcome.Begin(status, response.AsSpan().IndexOf("\r\n\r\n"u8) + "\r\n\r\n".Length);
        exchange.Response = new ErrorPageResponse(exchange, response);
        exchange.Schedule();
    }

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
