#!/usr/bin/env dotnet
#:package Shims@*
#:property AllowUnsafeBlocks=true
// A guestbook in an SQLite database: guestbook.cs FILE. Any number of processes may write at once, and no entry is lost.
// It talks to the system's libsqlite3, which is on nearly every machine, by the few calls at the end; Microsoft.Data.Sqlite would bring a library of its own.
using System.Net;
using System.Runtime.InteropServices;
using Shims;

const int MaxName = 60;
const int MaxText = 2000;

string file = args is [var first, ..] ? first : "/var/lib/shims/guestbook.db";

return Shim.Run((request, response) =>
{
    using Database database = new(file);
    database.Run("CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, time TEXT NOT NULL, name TEXT NOT NULL, text TEXT NOT NULL)");
    if (request.Method == "POST")
    {
        using CgiForm form = request.ReadForm(new FormLimits { MaxFieldsSize = 16 * 1024 });
        string name = (form["name"] ?? "").Trim(), text = (form["text"] ?? "").Trim();
        if (name.Length is 0 or > MaxName || text.Length is 0 or > MaxText)
            throw new RequestException(422, "name or text is empty or too long");
        database.Run("INSERT INTO entry (time, name, text) VALUES (strftime('%Y-%m-%d %H:%M', 'now'), ?, ?)", name, text);
        response.Redirect(request.ScriptName.Length > 0 ? request.ScriptName : "/");
        return;
    }
    response.ContentType = "text/html; charset=utf-8";
    response.Write("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Guestbook</title></head>\n<body><h1>Guestbook</h1>\n");
    response.Write($"<form method=\"post\"><input name=\"name\" maxlength=\"{MaxName}\" placeholder=\"Name\" required><br>\n<textarea name=\"text\" maxlength=\"{MaxText}\" required></textarea><br>\n<button>Write</button></form>\n");
    response.Write($"<p>{database.Query("SELECT count(*) FROM entry").Single()[0]} entries</p>\n");
    foreach (string[] entry in database.Query("SELECT time, name, text FROM entry ORDER BY id DESC LIMIT 100"))
        response.Write($"<h2>{WebUtility.HtmlEncode(entry[1])}, {WebUtility.HtmlEncode(entry[0])}</h2>\n<p>{WebUtility.HtmlEncode(entry[2])}</p>\n");
    response.Write("</body></html>\n");
});

/// <summary>An open database. https://sqlite.org/c3ref/intro.html</summary>
internal sealed partial class Database : IDisposable
{
    private const int Row = 100, Done = 101;

    /// <summary>SQLITE_TRANSIENT: the library makes a copy of a value that it is given.</summary>
    private const nint Copied = -1;

    private readonly nint _handle;

    internal Database(string file)
    {
        if (sqlite3_open(file, out _handle) != 0)
            throw Failure();
        // Who wants to write while another does waits for its turn, up to ten seconds.
        _ = sqlite3_busy_timeout(_handle, 10_000);
    }

    public void Dispose() => _ = sqlite3_close_v2(_handle);

    /// <summary>Runs a statement that gives nothing back.</summary>
    internal void Run(string sql, params string[] values) => Query(sql, values);

    /// <summary>Runs a statement and gives back its rows.</summary>
    internal List<string[]> Query(string sql, params string[] values)
    {
        if (sqlite3_prepare_v2(_handle, sql, -1, out nint statement, 0) != 0)
            throw Failure();
        try
        {
            for (int i = 0; i < values.Length; i++)
            {
                if (sqlite3_bind_text(statement, i + 1, values[i], -1, Copied) != 0)
                    throw Failure();
            }
            var rows = new List<string[]>();
            int result;
            while ((result = sqlite3_step(statement)) == Row)
                rows.Add([.. Enumerable.Range(0, sqlite3_column_count(statement)).Select(column => Marshal.PtrToStringUTF8(sqlite3_column_text(statement, column)) ?? "")]);
            return result == Done ? rows : throw Failure();
        }
        finally
        {
            _ = sqlite3_finalize(statement);
        }
    }

    private IOException Failure() => new($"SQLite: {Marshal.PtrToStringUTF8(sqlite3_errmsg(_handle))}");

    [LibraryImport("libsqlite3.so.0", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sqlite3_open(string file, out nint database);

    [LibraryImport("libsqlite3.so.0")]
    private static partial int sqlite3_close_v2(nint database);

    [LibraryImport("libsqlite3.so.0")]
    private static partial int sqlite3_busy_timeout(nint database, int milliseconds);

    [LibraryImport("libsqlite3.so.0", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sqlite3_prepare_v2(nint database, string sql, int length, out nint statement, nint tail);

    [LibraryImport("libsqlite3.so.0", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int sqlite3_bind_text(nint statement, int index, string value, int length, nint destructor);

    [LibraryImport("libsqlite3.so.0")]
    private static partial int sqlite3_step(nint statement);

    [LibraryImport("libsqlite3.so.0")]
    private static partial int sqlite3_column_count(nint statement);

    [LibraryImport("libsqlite3.so.0")]
    private static partial nint sqlite3_column_text(nint statement, int column);

    [LibraryImport("libsqlite3.so.0")]
    private static partial int sqlite3_finalize(nint statement);

    [LibraryImport("libsqlite3.so.0")]
    private static partial nint sqlite3_errmsg(nint database);
}
