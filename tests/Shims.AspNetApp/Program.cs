// The app of the tests: each path does one thing that a server can get wrong. Kestrel answers it too, and both must say the same.
using Shims.AspNetApp;
using Shims.AspNetLargeApp;

Console.WriteLine("a line on standard output, before there is a builder");
using TypeList? types = args is ["types", ..] ? new TypeList() : null;
if (args is ["fail", ..])
    throw new InvalidOperationException("the start fails on purpose");
if (args is ["startup", ..])
{
    Startup.Run(args);
    return;
}
var builder = WebApplication.CreateSlimBuilder(args);
builder.UseShim();
if (args is ["listen", var port])
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)));
if (args is ["https", ..])
    builder.WebHost.UseKestrelHttpsConfiguration();
if (args is ["kestrel", ..])
    builder.WebHost.UseKestrel();
if (args is ["json-console", ..])
    builder.Logging.AddJsonConsole();
if (args is ["dated-console", ..])
    builder.Logging.AddSimpleConsole(static console => console.TimestampFormat = "'[a date] '");
bool hasMiddleware = args is ["middleware", ..];
if (hasMiddleware)
{
    Middleware.AddTo(builder.Services);
}
else if (types is null)
{
    builder.Services.AddAuthentication("RemoteUser").AddShimRemoteUser();
    builder.Services.AddHostedService<Marker>();
    builder.Services.AddResponseCompression(static options => options.EnableForHttps = true);
}
if (args is ["fail-late" or "fail-last", ..])
    builder.Services.AddHostedService(_ => new FailingService(args[0] == "fail-last"));
var app = builder.Build();
if (types is not null)
    app.MapGet("/types", () => string.Join('\n', types.Names));
if (hasMiddleware)
{
    Middleware.UseIn(app);
    Middleware.Map(app);
}
RequestPaths.Map(app);
ResponsePaths.Map(app);
LifePaths.Map(app);
if (types is null)
    FilePaths.Map(app);
EdgePaths.Map(app);
app.Run();
