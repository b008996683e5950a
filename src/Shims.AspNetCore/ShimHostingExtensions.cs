using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Shims;
using Shims.AspNetCore.Hosting;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Lets a super-server start an app of ASP.NET Core.</summary>
public static class ShimHostingExtensions
{
    /// <summary>
    /// Serves the app on what a super-server or a web server has handed over: a connection or a listening socket on descriptor 0, sockets of systemd, or a CGI request. Started by
    /// hand, nothing changes: Kestrel serves, as always.
    /// </summary>
    /// <param name="builder">The app's builder.</param>
    /// <param name="configure">Sets options; configuration and environment win over it.</param>
    /// <returns>The builder.</returns>
    /// <example><code>
    /// var builder = WebApplication.CreateSlimBuilder(args);
    /// builder.UseShim();
    /// var app = builder.Build();
    /// app.MapGet("/hello/{name}", (string name) => $"Hello {name}");
    /// app.Run();
    /// </code></example>
    public static WebApplicationBuilder UseShim(this WebApplicationBuilder builder, Action<ShimServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ShimServices.Add(builder.Services, builder.Configuration, configure);
        return builder;
    }

    /// <summary>Serves an app with a web host of its own in a generic host, as <see cref="UseShim(WebApplicationBuilder, Action{ShimServerOptions}?)"/> does.</summary>
    /// <param name="builder">The host's builder.</param>
    /// <param name="configure">Sets options; configuration and environment win over it.</param>
    /// <returns>The builder.</returns>
    /// <example><code>
    /// IHostApplicationBuilder host = builder;
    /// host.UseShim();
    /// </code></example>
    public static IHostApplicationBuilder UseShim(this IHostApplicationBuilder builder, Action<ShimServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ShimServices.Add(builder.Services, builder.Configuration, configure);
        return builder;
    }

    /// <summary>Serves an app with a <c>Startup</c> class, as <see cref="UseShim(WebApplicationBuilder, Action{ShimServerOptions}?)"/> does.</summary>
    /// <param name="builder">The web host's builder.</param>
    /// <param name="configure">Sets options; configuration and environment win over it.</param>
    /// <returns>The builder.</returns>
    /// <example><code>
    /// Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(web => web.UseStartup&lt;Startup&gt;().UseShim()).Build().Run();
    /// </code></example>
    public static IWebHostBuilder UseShim(this IWebHostBuilder builder, Action<ShimServerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.ConfigureServices((context, services) => ShimServices.Add(services, context.Configuration, configure));
    }
}
