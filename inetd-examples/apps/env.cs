#!/usr/bin/env dotnet
#:package Shims@*
// Shows what the web server sends: every variable, and what the library makes of them. Not for a public site: cookies and passwords are among it.
using System.Net;
using System.Text;
using Shims;

return Shim.Run((request, response) =>
{
    response.ContentType = "text/html; charset=utf-8";
    response.Headers["Cache-Control"] = "no-store";
    response.Write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Request</title></head>\n<body><h1>Request</h1>\n");
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
    response.Write("</body></html>\n");

    void Table(string title, IEnumerable<KeyValuePair<string, string>> rows)
    {
        var html = new StringBuilder($"<h2>{title}</h2>\n<table>\n");
        foreach ((string name, string value) in rows)
            html.Append($"<tr><th>{WebUtility.HtmlEncode(name)}</th><td>{WebUtility.HtmlEncode(value)}</td></tr>\n");
        response.Write(html.Append("</table>\n").ToString());
    }
});
