using System.Text;
using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Serving;

/// <summary>Responds to every request with the same page: where there is no app to ask.</summary>
/// <param name="page">Header and body.</param>
/// <param name="fault">Why there is no app.</param>
internal sealed class PageResponder(byte[] page, Fault fault) : IResponder
{
    /// <summary>A page with its header.</summary>
    internal static byte[] Format(string type, ReadOnlySpan<byte> content) =>
        [.. Encoding.ASCII.GetBytes($"Status: 503 Service Unavailable\r\nContent-Type: {type}\r\nCache-Control: no-cache\r\nContent-Length: {content.Length}\r\n\r\n"), .. content];

    public void Start(Exchange exchange, int connection)
    {
        exchange.Report(fault);
        ErrorPageResponse.Give(exchange, fault.Status, page);
    }
}
