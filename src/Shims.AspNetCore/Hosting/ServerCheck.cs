using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Shims.AspNetCore.Hosting;

/// <summary>Sees to it that Kestrel has not come back: it would listen somewhere, and no one would answer the web server.</summary>
/// <remarks>The last server that is registered counts. One that is wrapped around the shim's own is none of Kestrel's.</remarks>
internal sealed class ServerCheck(IServer server) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        if (server.GetType().Assembly == typeof(KestrelServerOptions).Assembly)
            throw new InvalidOperationException("the app's server is Kestrel, as UseKestrel() was called after UseShim(): call ConfigureKestrel() in its place, or UseShim() after it");
        return next;
    }
}
