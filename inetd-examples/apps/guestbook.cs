#!/usr/bin/env dotnet
#:package Shims@*
#:package Microsoft.Data.Sqlite@10.0.15
#:package SQLitePCLRaw.bundle_e_sqlite3@3.0.5
// A guestbook in an SQLite database: guestbook.cs [FILE]. Any number of processes may write at once, and no entry is lost.
// SQLite itself comes with the package, as libe_sqlite3.so beside the program.
using Microsoft.Data.Sqlite;
using Shims;

const int MaxName = 60;
const int MaxText = 2000;

return Shim.Run(ref args, (request, response) =>
{
    string file = args is [var first, ..] ? first : Path.Combine(Shim.StateDirectory, "guestbook.db");
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
        response.Redirect(request.AppUrl(""));
        return;
    }
    response.WriteHtml($"""
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Guestbook</title></head>
        <body><h1>Guestbook</h1>
        <form method="post"><input name="name" maxlength="{MaxName}" placeholder="Name" required><br>
        <textarea name="text" maxlength="{MaxText}" required></textarea><br>
        <button>Write</button></form>

        """);
    using SqliteCommand count = new("SELECT count(*) FROM entry", database);
    response.WriteHtml($"<p>{count.ExecuteScalar()} entries</p>\n");
    using SqliteCommand newest = new("SELECT time, name, text FROM entry ORDER BY id DESC LIMIT 100", database);
    using SqliteDataReader entry = newest.ExecuteReader();
    while (entry.Read())
        response.WriteHtml($"<h2>{entry.GetString(1)}, {entry.GetString(0)}</h2>\n<p>{entry.GetString(2)}</p>\n");
    response.WriteHtml($"</body></html>\n");
});
