using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.FileProviders;

namespace Shims.AspNetLargeApp;

/// <summary>Middleware that works in native code too: the small app of the tests has this file, and what it leads to, as well.</summary>
internal static class Middleware
{
    internal static void AddTo(IServiceCollection services)
    {
        services.AddAuthentication("Cookies").AddCookie(static cookie => cookie.LoginPath = "/login");
        services.AddAuthorization();
        services.AddHealthChecks();
        services.AddResponseCompression().AddRequestDecompression();
        services.AddOutputCache();
        services.AddAntiforgery(static forms => forms.Cookie.Name = "form"); // else it is made of the app's name
        services.AddRequestTimeouts();
        services.AddRateLimiter(static limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.AddPolicy("by client", static context => RateLimitPartition.GetFixedWindowLimiter(context.Request.Query["client"].ToString(),
                static _ => new FixedWindowRateLimiterOptions { PermitLimit = 2, Window = TimeSpan.FromHours(1) }));
        });
        services.AddCors(static cors => cors.AddPolicy("friends", static policy => policy.WithOrigins("https://friend.example").WithMethods("PUT").WithHeaders("X-Test").AllowCredentials()));
    }

    internal static void UseIn(WebApplication app)
    {
        app.UseResponseCompression();
        app.UseRequestDecompression();
        app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "files")), RequestPath = "/files" });
        app.UseRouting();
        app.UseCors();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.UseRequestTimeouts();
        app.UseOutputCache();
        app.UseAntiforgery();
        app.Use(RefuseForgedForm);
    }

    internal static void Map(WebApplication app)
    {
        app.MapHealthChecks("/healthz");
        LoginPaths.Map(app);
        UserPaths.Map(app);
        MiddlewarePaths.Map(app);
    }

    /// <summary>A form without a token that is right. Code that the compiler has made for an endpoint throws in its place, on Kestrel too; what is made at run time answers as this does.</summary>
    private static Task RefuseForgedForm(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false })
            return next(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }
}
