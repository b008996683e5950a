// One page by HttpContext, its features and the wire alone: no host, no routes, no logging. What is given here, a host gives to an app.
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Shims;

var builder = new Surroundings();
builder.UseShim();
var lifetime = new Lifetime();
// As a container would make it; the container itself is a part of the host.
ServiceDescriptor made = builder.Services.Single(static service => service.ServiceType == typeof(IServer));
object Find(string type) => builder.Services.Single(service => service.ServiceType.Name == type).ImplementationInstance!;
var server = (IServer)made.ImplementationType!.GetConstructors()[0].Invoke(
    [Find("ShimServerOptions"), lifetime, Options.Create(new HostOptions()), NullLoggerFactory.Instance, Find("KestrelSettings"), new NoServices()]);
await server.StartAsync(new Page(), CancellationToken.None);
lifetime.Start();
lifetime.ApplicationStopping.WaitHandle.WaitOne();
await server.StopAsync(CancellationToken.None);

internal sealed class Page : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => context.Response.WriteAsync("Hello Ada");

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // It holds nothing.
    }
}

internal sealed class Lifetime : IHostApplicationLifetime
{
    private readonly CancellationTokenSource _started = new(), _stopping = new(), _stopped = new();

    public CancellationToken ApplicationStarted => _started.Token;

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => _stopped.Token;

    public void Start() => _started.Cancel();

    public void StopApplication() => _stopping.Cancel();
}

internal sealed class NoServices : IServiceProvider
{
    public object? GetService(Type serviceType) => null;
}

internal sealed class Surroundings : IHostApplicationBuilder
{
    private readonly ConfigurationManager _configuration = new();

    public IDictionary<object, object> Properties { get; } = new Dictionary<object, object>();

    public IConfigurationManager Configuration => _configuration;

    public IHostEnvironment Environment => throw new NotSupportedException();

    public ILoggingBuilder Logging => throw new NotSupportedException();

    public IMetricsBuilder Metrics => throw new NotSupportedException();

    public IServiceCollection Services { get; } = new ServiceCollection();

    public void ConfigureContainer<TContainerBuilder>(IServiceProviderFactory<TContainerBuilder> factory, Action<TContainerBuilder>? configure = null)
        where TContainerBuilder : notnull => throw new NotSupportedException();
}
