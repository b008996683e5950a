using Microsoft.Data.Sqlite;

namespace RazorAdmin;

/// <summary>The links, in an SQLite database. Any number of processes may use it at once.</summary>
public sealed class Links(IConfiguration configuration)
{
    private readonly string _database = new SqliteConnectionStringBuilder { DataSource = configuration["Database"] }.ToString();

    /// <summary>All of them, by name.</summary>
    public IReadOnlyList<(string Name, string Target)> All()
    {
        using SqliteConnection connection = Open();
        using var command = new SqliteCommand("SELECT name, target FROM link ORDER BY name", connection);
        using SqliteDataReader reader = command.ExecuteReader();
        var links = new List<(string, string)>();
        while (reader.Read())
            links.Add((reader.GetString(0), reader.GetString(1)));
        return links;
    }

    /// <summary>Where a link leads; null if there is none.</summary>
    public string? Find(string name)
    {
        using SqliteConnection connection = Open();
        using var command = new SqliteCommand("SELECT target FROM link WHERE name = $name", connection);
        command.Parameters.AddWithValue("$name", name);
        return command.ExecuteScalar() as string;
    }

    /// <summary>Adds a link, or lets it lead elsewhere.</summary>
    public void Set(string name, string target) => Change("INSERT INTO link (name, target) VALUES ($name, $target) ON CONFLICT (name) DO UPDATE SET target = $target", name, target);

    /// <summary>Removes a link.</summary>
    public void Remove(string name) => Change("DELETE FROM link WHERE name = $name", name, "");

    private void Change(string sql, string name, string target)
    {
        using SqliteConnection connection = Open();
        using var command = new SqliteCommand(sql, connection);
        command.Parameters.AddWithValue("$name", name);
        command.Parameters.AddWithValue("$target", target);
        command.ExecuteNonQuery();
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_database);
        connection.Open();
        using var create = new SqliteCommand("CREATE TABLE IF NOT EXISTS link (name TEXT PRIMARY KEY, target TEXT NOT NULL)", connection);
        create.ExecuteNonQuery();
        return connection;
    }
}
