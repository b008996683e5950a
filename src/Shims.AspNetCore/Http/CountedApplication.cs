using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Shims.AspNetCore.Http;

/// <summary>The app on Kestrel, whose requests are counted.</summary>
internal sealed class CountedApplication<TContext>(IHttpApplication<TContext> application, HttpLife life) : IHttpApplication<TContext>
    where TContext : notnull
{
    public TContext CreateContext(IFeatureCollection contextFeatures)
    {
        life.Begin(contextFeatures.Get<IHttpConnectionFeature>()?.ConnectionId);
        return application.CreateContext(contextFeatures);
    }

    public Task ProcessRequestAsync(TContext context) => application.ProcessRequestAsync(context);

    public void DisposeContext(TContext context, Exception? exception)
    {
        application.DisposeContext(context, exception);
        life.End();
    }
}
