#!/usr/bin/env dotnet
#:package Shims@*
// Says hello: as small as a program that answers web requests can be.
using Shims;

return Shim.Run((request, response) =>
{
    response.ContentType = "text/plain; charset=utf-8";
    response.Write($"Hello, {request.Query["name"] ?? "world"}!\n");
});
