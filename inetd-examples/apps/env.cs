#!/usr/bin/env dotnet
#:package Shims@*
// Shows what the web server sends: every variable, and what the library makes of them. Not for a public site: cookies and passwords are among it.
using Shims;

return Shim.Run((request, response) =>
{
    response.Headers["Cache-Control"] = "no-store";
    response.WriteHtml($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Request</title></head>
        <body><h1>Request</h1>

        """);
    Table("Request",
    [
        new("Method", request.Method), new("Scheme", request.Scheme), new("Host", request.Host), new("ScriptName", request.ScriptName),
        new("PathInfo", request.PathInfo), new("QueryString", request.QueryString), new("ContentType", request.ContentType ?? ""),
        new("ContentLength", $"{request.ContentLength}"), new("RemoteAddress", request.RemoteAddress), new("RemoteUser", request.RemoteUser ?? ""),
    ]);
    Table("Query", request.Query);
    Table("Headers", request.Headers);
    Table("Cookies", request.Cookies);
    Table("Variables", request.Variables);
    response.WriteHtml($"</body></html>\n");

    void Table(string title, IEnumerable<KeyValuePair<string, string>> rows)
    {
        IEnumerable<Html> html = rows.Select(row => Html.Format($"<tr><th>{row.Key}</th><td>{row.Value}</td></tr>\n"));
        response.WriteHtml($"<h2>{title}</h2>\n<table>\n{html}</table>\n");
    }
});
