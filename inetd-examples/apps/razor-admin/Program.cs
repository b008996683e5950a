// A small tool for administrators: the short links of a site, with Razor Pages and SQLite. /NAME leads where the link leads; / is for those who may change links.
// It runs as a user of its own, links, who owns the database and the keys: see appsettings.json.
using RazorAdmin;

var builder = WebApplication.CreateBuilder(args);
builder.UseShim();
builder.Services.AddRazorPages();
builder.Services.AddSingleton<Links>();
var app = builder.Build();
app.MapRazorPages();
app.MapGet("/{name}", (string name, Links links) => links.Find(name) is { } target ? Results.Redirect(target) : Results.NotFound());
app.Run();
