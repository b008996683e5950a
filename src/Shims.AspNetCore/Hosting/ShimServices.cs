using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shims.AspNetCore.Http;
using Shims.AspNetCore.Serving;
using Shims.AspNetCore.Starting;
using Shims.Diagnostics;

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
        // What SHIMS_PROTOCOL may be here is not what it is for handlers.
        if (options.Administrator.Note is { } note && !note.StartsWith("SHIMS_PROTOCOL ", StringComparison.Ordinal))
            Log.WriteLine(note);
        bool isHttp = options.Protocol == ShimProtocol.Http && kind != StartedAs.Cgi;
        services.AddSingleton(options);
        services.RemoveAll<IServer>();
        if (isHttp)
        {
            services.Configure<KestrelServerOptions>(static kestrel => kestrel.ListenHandle((ulong)ShimStart.Handover.Sockets[0]));
            services.AddSingleton<IServer, HttpServer>();
        }
        else
        {
            services.AddSingleton(new KestrelSettings(services));
            services.AddSingleton<IServer, ShimServer>();
        }
        services.AddSingleton<IStartupFilter, ServerCheck>();
        if (kind != StartedAs.Listener)
            DirectConsole.Replace(services, configuration);
        KeyStore.Add(services, options.Keys);
    }
}
