#!/usr/bin/env dotnet
#:package Shims@*
// Shows the end of a log, or the lines that contain a text: logs.cs DIRECTORY. Reads *.log in that directory and nothing else. Let the web server ask for a password in
// front of it.
using System.Text;
using Shims;

const int MaxLines = 1000;
const int TailSize = 1 << 20;

return Shim.Run(ref args, (request, response) =>
{
    string directory = args is [var first, ..] ? first : "/var/log";
    string[] names = [.. new DirectoryInfo(directory).EnumerateFiles("*.log").Select(file => file.Name).Order(StringComparer.Ordinal)];
    string? name = request.Query["file"];
    // Only a name from the list becomes part of a path.
    if (name is not null && !names.Contains(name))
        throw new BadRequestException(404, "there is no such log");
    string text = request.Query["text"] ?? "";
    int count = int.TryParse(request.Query["lines"], out int wanted) ? Math.Clamp(wanted, 1, MaxLines) : 100;

    response.Headers["X-Content-Type-Options"] = "nosniff";
    response.Headers["Cache-Control"] = "no-store";
    response.WriteHtml($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Logs</title></head>
        <body><h1>Logs</h1>
        <form>
        <select name="file">
        {names.Select(each => Html.Format($"<option{(each == name ? " selected" : "")}>{each}</option>\n"))}</select>
        <input name="text" placeholder="containing" value="{text}">
        <input name="lines" type="number" min="1" max="{MaxLines}" value="{count}">
        <button>Show</button></form>

        """);
    if (name is not null)
    {
        string path = Path.Combine(directory, name);
        response.WriteHtml($"<pre>\n");
        foreach (string line in text.Length == 0 ? Tail(path, count) : Matching(path, text, count))
            response.WriteHtml($"{line}\n");
        response.WriteHtml($"</pre>\n");
    }
    response.WriteHtml($"</body></html>\n");
});

// The last lines, of the last MiB only: a log may be of any size.
static IEnumerable<string> Tail(string path, int count)
{
    using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    bool isCut = file.Length > TailSize;
    if (isCut)
        file.Seek(-TailSize, SeekOrigin.End);
    var lines = new Queue<string>();
    foreach (string line in Lines(file).Skip(isCut ? 1 : 0))
    {
        lines.Enqueue(line);
        if (lines.Count > count)
            lines.Dequeue();
    }
    return lines;
}

// The last lines that contain the text; the whole log is read, and never held.
static IEnumerable<string> Matching(string path, string text, int count)
{
    using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    var lines = new Queue<string>();
    foreach (string line in Lines(file))
    {
        if (!line.Contains(text, StringComparison.OrdinalIgnoreCase))
            continue;
        lines.Enqueue(line);
        if (lines.Count > count)
            lines.Dequeue();
    }
    return lines;
}

static IEnumerable<string> Lines(Stream file)
{
    using StreamReader reader = new(file, Encoding.UTF8);
    while (reader.ReadLine() is { } line)
        yield return line.Length > 4000 ? line[..4000] + "..." : line;
}
