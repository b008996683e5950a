// A minimal API on demand: under inetd or systemd it is started by the first request; started by hand, it is an app on Kestrel.
// Its lines for the super-servers and nginx: docs/aspnetcore.md.
var builder = WebApplication.CreateSlimBuilder(args);
builder.UseShim();
var app = builder.Build();
app.MapGet("/hello/{name}", (string name) => $"Hello {name}");
app.Run();
