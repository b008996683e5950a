using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.Gateway.Connections;

/// <summary>CONTENT_LENGTH as the bound of a stream: the script has been told a length, and the bytes beyond it are not for the script.</summary>
internal struct BodyBound
{
    private bool _isExceeded;

    /// <summary>The part of a record that lies within the length. The first byte beyond it is told to the log.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="part">The content of the record.</param>
    internal ReadOnlySpan<byte> Cut(Exchange exchange, ReadOnlySpan<byte> part)
    {
        long missing = exchange.BodyLength - exchange.Body.Received;
        if (part.Length <= missing)
            return part;
        if (!_isExceeded)
        {
            Log.WriteLine(exchange.RequestId, $"the request's body is longer than CONTENT_LENGTH says ({exchange.BodyLength} bytes), "
                + "and the rest of it is not passed on: configure the web server to send the true length");
        }
        _isExceeded = true;
        return part[..(int)missing];
    }
}
