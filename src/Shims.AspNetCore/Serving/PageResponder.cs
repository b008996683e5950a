using Shims.Diagnostics;
using Shims.Gateway.Requests;

namespace Shims.AspNetCore.Serving;

/// <summary>Responds to every request with the same page: where there is no app to ask.</summary>
/// <param name="page">Header and body; null for the page of the fault.</param>
/// <param name="fault">Why there is no app.</param>
internal sealed class PageResponder(byte[]? page, Fault fault) : IResponder
{
    public void Start(Exchange exchange, int connection)
    {
        if (page is null)
            exchange.Fail(fault);
        else
            ErrorPageResponse.Give(exchange, fault.Status, page);
    }
}
