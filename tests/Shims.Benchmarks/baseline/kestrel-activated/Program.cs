// The ten lines of inetd-examples/apps/minimal-api, on Kestrel with the socket of systemd, in the template's settings.
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.ConfigureKestrel(static options => options.UseSystemd());
var app = builder.Build();
app.MapGet("/hello/{name}", (string name) => $"Hello {name}");
app.Run();
