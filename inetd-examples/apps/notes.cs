#!/usr/bin/env dotnet
#:package Shims@*
#:package Microsoft.Data.Sqlite@10.0.15
#:package SQLitePCLRaw.bundle_e_sqlite3@3.0.5
// Notes with files, in an SQLite database: notes.cs [FOLDER]. A signed cookie remembers the author. notes.css lies beside the program.
using System.Text.Json.Serialization;
using Microsoft.Data.Sqlite;
using Shims;

return Shim.Run(ref args, app =>
{
    string folder = args is [var first, ..] ? first : Shim.StateDirectory;
    app.MapGet("/notes.css", (request, response) => response.SendFile("notes.css"));
    app.MapGet("/api/notes", (request, response) => response.WriteJson(Query(), NotesJson.Default.IEnumerableNote));
    app.MapGet<long>("/{id}", (_, response, id) => response.SendFile($"{id}", folder, Query().FirstOrDefault(n => n.Id == id)?.File));
    app.MapGet("/", (request, response) => response.WriteHtml($"""
        <!DOCTYPE html><html lang="en"><title>Notes</title><link rel="stylesheet" href="{request.AppUrl("/notes.css")}">
        {response.TakeMessages().Select(message => Html.Format($"<p role=\"status\">{message}</p>"))}
        <form method="post" action="{request.AppUrl("/notes")}" enctype="multipart/form-data">{response.AntiforgeryField()}
        <input name="author" aria-label="Author" value="{request.SignedCookies["author"]}" required>
        <input name="text" aria-label="Note" required> <input type="file" name="f" aria-label="File" required> <button>Keep</button></form>
        <ul>{Query().Select(n => Html.Format($"<li>{n.Author}: {n.Text} <a href=\"{request.AppUrl($"/{n.Id}")}\">{n.File}</a>"))}</ul>
        """));
    app.MapPost("/notes", (request, response) =>
    {
        using CgiForm form = request.ReadVerifiedForm();
        if (form["author"] is not { Length: > 0 } author || form["text"] is not { Length: > 0 } text || form.Files is not [var file])
            throw new BadRequestException(422, "author, text or file is missing");
        Note note = Query("INSERT INTO note VALUES (NULL, $0, $1, $2) RETURNING *", author, text, file.FileName).First();
        file.SaveAs(Path.Combine(folder, $"{note.Id}"));
        response.Cookies.AddSigned("author", author);
        response.AddMessage("Your note has been kept.");
        response.Redirect(request.AppUrl("/"));
    });
    IEnumerable<Note> Query(string sql = "SELECT * FROM note", params object[] values)
    {
        using SqliteConnection database = new($"Data Source={folder}/notes.db");
        database.Open();
        using SqliteCommand command = new("CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, author, text, file); " + sql, database);
        command.Parameters.AddRange(values.Select((value, i) => new SqliteParameter($"${i}", value)));
        for (SqliteDataReader row = command.ExecuteReader(); row.Read();)
            yield return new Note(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3));
    }
});
record Note(long Id, string Author, string Text, string File);
[JsonSerializable(typeof(IEnumerable<Note>))] partial class NotesJson : JsonSerializerContext;
