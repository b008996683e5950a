// What inetd-examples/apps/hello.cs does, on Kestrel: kestrel PORT.
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls($"http://127.0.0.1:{args[0]}");
WebApplication app = builder.Build();
app.MapGet("/baseline", (HttpContext context) =>
{
    context.Response.ContentType = "text/plain; charset=utf-8";
    string? name = context.Request.Query["name"];
    return context.Response.WriteAsync($"Hello, {name ?? "world"}!\n");
});
app.Run();
