using Microsoft.AspNetCore.Authentication;
using Shims.AspNetCore.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets an app trust the user that the web server has authenticated.</summary>
public static class ShimAuthenticationExtensions
{
    /// <summary>The name of the scheme.</summary>
    public const string RemoteUserScheme = "RemoteUser";

    /// <summary>
    /// Adds a scheme by which the variable REMOTE_USER, which only the web server can set, is the name of an authenticated user. A client's own header <c>Remote-User</c> is
    /// not.
    /// </summary>
    /// <param name="builder">The app's authentication.</param>
    /// <returns>The builder.</returns>
    /// <example><code>
    /// builder.Services.AddAuthentication(ShimAuthenticationExtensions.RemoteUserScheme).AddShimRemoteUser();
    /// </code></example>
    public static AuthenticationBuilder AddShimRemoteUser(this AuthenticationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddScheme<AuthenticationSchemeOptions, RemoteUserHandler>(RemoteUserScheme, displayName: null, configureOptions: null);
    }
}
