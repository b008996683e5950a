using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shims.AspNetCore.Http;
using Shims.AspNetCore.Serving;
using Shims.AspNetCore.Starting;

namespace Shims.AspNetCore.Hosting;

/// <summary>Puts the server that the start asks for in the place of Kestrel.</summary>
internal static class ShimServices
{
    internal static void Add(IServiceCollection services, IConfiguration configuration, Action<ShimServerOptions>? configure)
    {
        StartedAs kind = ShimStart.Handover.Kind;
        if (kind == StartedAs.Ordinary)
            return;
        ShimServerOptions options = ShimConfiguration.Read(configuration, configure);
        bool isHttp = options.Protocol == ShimProtocol.Http && kind != StartedAs.Cgi;
        ShimStart.SpeaksHttp = isHttp;
        services.AddSingleton(options);
        services.RemoveAll<IServer>();
        if (isHttp)
        {
            services.Configure<KestrelServerOptions>(static kestrel => kestrel.ListenHandle((ulong)ShimStart.Handover.Sockets[0]));
            services.AddSingleton<IServer, HttpServer>();
        }
        else
        {
            services.AddSingleton<IServer, ShimServer>();
        }
        KeyStore.Add(services, options.Keys);
    }
}
