// One page without routes, logging and configuration: what UseShim() costs beside the runtime.
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
builder.UseShim();
var app = builder.Build();
app.Run(static context => context.Response.WriteAsync("Hello Ada"));
app.Run();
