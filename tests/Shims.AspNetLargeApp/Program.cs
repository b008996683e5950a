// One app with everything that large apps use: what their middleware asks of a server, the shim must have. Kestrel answers it too, and both must say the same.
using Microsoft.EntityFrameworkCore;
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
Middleware.AddTo(services);
services.AddHealthChecks().AddCheck<DatabaseCheck>("database");
// Not in native code: AddSession() is marked as not fit for it (IL2026).
services.AddDistributedMemoryCache().AddSession();

var app = builder.Build();
if (app.Configuration["Database"] is not null)
{
    using IServiceScope scope = app.Services.CreateScope();
    scope.ServiceProvider.GetRequiredService<NotesDatabase>().Database.EnsureCreated();
}
app.UseExceptionHandler();
app.UseSession();
Middleware.UseIn(app);

app.MapStaticAssets();
app.MapControllers();
app.MapRazorPages();
app.MapRazorComponents<Site>();
app.MapHub<RoomHub>("/hub");
app.MapOpenApi();
Middleware.Map(app);
app.Run();
