namespace Shims.AspNetApp;

/// <summary>An app in the form that was usual before there were minimal ones.</summary>
internal sealed class Startup
{
    internal static void Run(string[] args) => Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(static web => web.UseShim().UseStartup<Startup>()).Build().Run();

#pragma warning disable CA1822, S2325 // the host calls methods of an instance
    public void ConfigureServices(IServiceCollection services) => services.AddRouting().AddHostedService<Marker>();

    public void Configure(IApplicationBuilder app, IWebHostEnvironment environment) => app.UseRouting().UseEndpoints(endpoints =>
    {
        endpoints.MapGet("/hello/{name}", static context => context.Response.WriteAsync($"Hello {context.Request.RouteValues["name"]}"));
        endpoints.MapGet("/root", context => context.Response.WriteAsync(environment.ContentRootPath));
    });
#pragma warning restore CA1822, S2325
}
