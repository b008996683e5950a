// Answers a request of nginx: see nginx.conf and inetd.conf beside this file.
using Shims;

return Shim.Run((request, response) =>
{
    response.ContentType = "text/plain; charset=utf-8";
    response.Write($"Hello, {request.Query["name"] ?? "world"}!\n");
});
