using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Shims.AspNetCore.Hosting;

/// <summary>REMOTE_USER as an authenticated user. RFC 3875 sections 4.1.1 and 4.1.11.</summary>
internal sealed class RemoteUserHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Kestrel has no such variables, and so no user.
        string? user = Context.Features.Get<IServerVariablesFeature>()?["REMOTE_USER"];
        if (string.IsNullOrEmpty(user))
            return Task.FromResult(AuthenticateResult.NoResult());
        string type = Context.GetServerVariable("AUTH_TYPE") is { Length: > 0 } known ? known : Scheme.Name;
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, user, ClaimValueTypes.String, ClaimsIssuer)], type);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}
