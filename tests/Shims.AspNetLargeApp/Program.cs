// One app with everything that large apps use: what their middleware asks of a server, the shim must have. Kestrel answers it too, and both must say the same.
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.FileProviders;
using Shims.AspNetLargeApp;
using Shims.AspNetLargeApp.Components;
using Shims.AspNetLargeApp.Notes;

var builder = WebApplication.CreateBuilder(args);
builder.UseShim();
// The tests start what has been built, where files of the web root are still in several places.
builder.WebHost.UseStaticWebAssets();
IServiceCollection services = builder.Services;
services.AddProblemDetails();
services.AddControllers();
services.AddRazorPages();
services.AddRazorComponents();
services.AddSignalR();
services.AddOpenApi();
services.AddDbContext<NotesDatabase>(options => options.UseSqlite($"Data Source={builder.Configuration["Database"]}"));
services.AddHealthChecks().AddCheck<DatabaseCheck>("database");
services.AddDistributedMemoryCache().AddSession();
services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(static cookie => cookie.LoginPath = "/login");
services.AddAuthorization();
services.AddResponseCompression().AddRequestDecompression();
services.AddOutputCache();
services.AddRequestTimeouts();
services.AddRateLimiter(static limiter =>
{
    limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
    limiter.AddPolicy("by client", static context => RateLimitPartition.GetFixedWindowLimiter(context.Request.Query["client"].ToString(),
        static _ => new FixedWindowRateLimiterOptions { PermitLimit = 2, Window = TimeSpan.FromHours(1) }));
});
services.AddCors(static cors => cors.AddPolicy("friends", static policy => policy.WithOrigins("https://friend.example").WithMethods("PUT").WithHeaders("X-Test").AllowCredentials()));

var app = builder.Build();
if (app.Configuration["Database"] is not null)
{
    using IServiceScope scope = app.Services.CreateScope();
    scope.ServiceProvider.GetRequiredService<NotesDatabase>().Database.EnsureCreated();
}
app.UseExceptionHandler();
app.UseResponseCompression();
app.UseRequestDecompression();
app.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "files")), RequestPath = "/files" });
app.UseRouting();
app.UseCors();
app.UseAuthentication();
app.UseAuthorization();
app.UseSession();
app.UseRateLimiter();
app.UseRequestTimeouts();
app.UseOutputCache();
app.UseAntiforgery();

app.MapStaticAssets();
app.MapControllers();
app.MapRazorPages();
app.MapRazorComponents<Site>();
app.MapHub<RoomHub>("/hub");
app.MapOpenApi();
app.MapHealthChecks("/healthz");
UserPaths.Map(app);
MiddlewarePaths.Map(app);
app.Run();
