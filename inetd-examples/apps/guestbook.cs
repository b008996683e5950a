#!/usr/bin/env dotnet
#:package Shims@*
#:package Microsoft.Data.Sqlite@10.0.15
#:package SQLitePCLRaw.bundle_e_sqlite3@3.0.5
// A guestbook in an SQLite database: guestbook.cs FILE. Any number of processes may write at once, and no entry is lost.
// SQLite itself comes with the package, as libe_sqlite3.so beside the program.
using System.Net;
using Microsoft.Data.Sqlite;
using Shims;

const int MaxName = 60;
const int MaxText = 2000;

string file = args is [var first, ..] ? first : "/var/lib/shims/guestbook.db";

return Shim.Run((request, response) =>
{
    // Who wants to write while another does waits for its turn: the package tries for 30 seconds.
    using SqliteConnection database = new(new SqliteConnectionStringBuilder { DataSource = file }.ToString());
    database.Open();
    using SqliteCommand create = new("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, time TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL)", database);
    create.ExecuteNonQuery();
    if (request.Method == "POST")
    {
        using CgiForm form = request.ReadForm(new FormLimits { MaxFieldsSize = 16 * 1024 });
        string name = (form["name"] ?? "").Trim(), text = (form["text"] ?? "").Trim();
        if (name.Length is 0 or > MaxName || text.Length is 0 or > MaxText)
            throw new BadRequestException(422, "name or text is empty or too long");
        using SqliteCommand insert = new("INSERT INTO entry (time, name, text) VALUES (strftime('%Y-%m-%d %H:%M', 'now'), $name, $text)", database);
        insert.Parameters.AddWithValue("$name", name);
        insert.Parameters.AddWithValue("$text", text);
        insert.ExecuteNonQuery();
        response.Redirect(request.ScriptName.Length > 0 ? request.ScriptName : "/");
        return;
    }
    response.ContentType = "text/html; charset=utf-8";
    response.Write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Guestbook</title></head>\n<body><h1>Guestbook</h1>\n");
    response.Write($"<form method=\"post\"><input name=\"name\" maxlength=\"{MaxName}\" placeholder=\"Name\" required><br>\n<textarea name=\"text\" maxlength=\"{MaxText}\" required></textarea><br>\n<button>Write</button></form>\n");
    using SqliteCommand count = new("SELECT count(*) FROM entry", database);
    response.Write($"<p>{count.ExecuteScalar()} entries</p>\n");
    using SqliteCommand newest = new("SELECT time, name, text FROM entry ORDER BY id DESC LIMIT 100", database);
    using SqliteDataReader entry = newest.ExecuteReader();
    while (entry.Read())
        response.Write($"<h2>{WebUtility.HtmlEncode(entry.GetString(1))}, {WebUtility.HtmlEncode(entry.GetString(0))}</h2>\n<p>{WebUtility.HtmlEncode(entry.GetString(2))}</p>\n");
    response.Write("</body></html>\n");
});
