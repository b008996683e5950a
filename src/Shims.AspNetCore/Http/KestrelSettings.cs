using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Shims.AspNetCore.Http;

/// <summary>What an app has said to Kestrel, which is not its server.</summary>
/// <param name="services">What has been registered for the app.</param>
internal sealed class KestrelSettings(IServiceCollection services)
{
    /// <summary>What a host says to Kestrel by itself: the defaults, and the section <c>Kestrel</c> of the configuration.</summary>
    private const int OfHost = 2;

    /// <summary>The addresses at which it would listen.</summary>
    internal IEnumerable<string> FindAddresses(IServiceProvider provider) => [.. InConfiguration(provider), .. InCode(provider)];

    private static IEnumerable<string> InConfiguration(IServiceProvider provider) =>
        provider.GetService<IConfiguration>()?.GetSection("Kestrel:Endpoints").GetChildren().Select(static endpoint => endpoint["Url"]).OfType<string>() ?? [];

    private IEnumerable<string> InCode(IServiceProvider provider)
    {
        if (services.Count(static service => service.ServiceType == typeof(IConfigureOptions<KestrelServerOptions>)) <= OfHost)
            return [];
        try
        {
            return [.. ListenOptionsOf(provider.GetRequiredService<IOptions<KestrelServerOptions>>().Value).Select(static listen => $"{listen.EndPoint}")];
        }
        catch (Exception)
        {
            // The app's code may need what only a start by hand has, such as a certificate; and another version of Kestrel may keep its list elsewhere.
            return [];
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_CodeBackedListenOptions")]
    private static extern List<ListenOptions> ListenOptionsOf(KestrelServerOptions options);
}
