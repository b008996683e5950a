// The app of the tests: each path does one thing that a server can get wrong. Kestrel answers it too, and both must say the same.
using Shims.AspNetApp;
using Shims.AspNetLargeApp;

Console.WriteLine("a line on standard output, before there is a builder");
using TypeList? types = args is ["types", ..] ? new TypeList() : null;
if (args is ["fail", ..])
    throw new InvalidOperationException("the start fails on purpose");
var builder = WebApplication.CreateSlimBuilder(args);
builder.UseShim();
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
if (args is ["fail-late", ..])
    builder.Services.AddHostedService<FailingService>();
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
