namespace Shims.Testing.Matrix;

/// <summary>A front that has been started: web server, program, scripts.</summary>
public sealed class RunningFront : IAsyncDisposable
{
    private const UnixFileMode ForEverybody = (UnixFileMode)0b111_111_111;

    private RunningFront(Front front, Installation installation, Server server, Backend? backend) =>
        (Front, Installation, Server, Backend, Browser) = (front, installation, server, backend, new Browser(installation.PortOf(front.Port)));

    public Front Front { get; }

    public Installation Installation { get; }

    public Server Server { get; }

    /// <summary>The program; null where the web server starts it.</summary>
    public Backend? Backend { get; }

    /// <summary>Somebody who sends what it is told to.</summary>
    public Browser Browser { get; }

    /// <summary>Where HTTP is spoken: 127.0.0.1:PORT.</summary>
    public string Address => $"127.0.0.1:{Browser.Port}";

    /// <summary>What the web server and the program have to say, for the message of a failure.</summary>
    public string Log => $"{Server.Log}{Backend?.Log}";

    /// <summary>Starts the program, then the web server.</summary>
    /// <param name="front">Which.</param>
    /// <param name="scripts">The folder whose copy becomes /srv/cgi-bin. Its scripts may write files to ../notes.</param>
    /// <param name="options">Options for the program.</param>
    public static async Task<RunningFront> StartAsync(Front front, string scripts, params IReadOnlyList<string> options)
    {
        Installation installation = Installation.WithScripts(scripts);
        Backend? backend = null;
        try
        {
            File.SetUnixFileMode(installation.Folder.MakeFolder("www/notes"), ForEverybody);
            if (front.BackendAddress is { } address)
                backend = Backend.Start(installation.AddressOf($"/usr/local/libexec/{front.Gateway.Name}"), installation.AddressOf(address), installation.AddressOf("/srv/cgi-bin"), options);
            return new RunningFront(front, installation, await front.StartServerAsync(installation, options), backend);
        }
        catch
        {
            if (backend is not null) await backend.DisposeAsync();
            installation.Dispose();
            throw;
        }
    }

    /// <summary>The URL of a script.</summary>
    public string UrlOf(string script) => $"http://{Address}/cgi-bin/{script}";

    /// <summary>A file that scripts call ../notes/NAME.</summary>
    public string NoteAt(string name) => Installation.Folder.PathTo($"www/notes/{name}");

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        if (Backend is not null) await Backend.DisposeAsync();
        Installation.Dispose();
    }
}
