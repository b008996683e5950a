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

    /// <summary>What stands between the two; null if nothing does.</summary>
    public Tap? Tap { get; private init; }

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
    public static Task<RunningFront> StartAsync(Front front, string scripts, params IReadOnlyList<string> options) => StartAsync(front, scripts, options, isTapped: false);

    /// <summary>The same, with a <see cref="Matrix.Tap"/> between the web server and the program, unless the web server starts it.</summary>
    public static Task<RunningFront> StartTappedAsync(Front front, string scripts) => StartAsync(front, scripts, [], isTapped: true);

    private static async Task<RunningFront> StartAsync(Front front, string scripts, IReadOnlyList<string> options, bool isTapped)
    {
        Installation installation = await Installation.WithScriptsAsync(scripts);
        Backend? backend = null;
        Tap? tap = null;
        try
        {
            File.SetUnixFileMode(installation.Folder.MakeFolder("www/notes"), ForEverybody);
            if (front.BackendAddress is { } realLife)
            {
                string address = installation.AddressOf(realLife);
                string behindTap = installation.AddressOf("/run/shims/tapped.sock");
                backend = Backend.Start(installation.AddressOf($"/usr/local/libexec/{front.Gateway.Name}"), isTapped ? behindTap : address, installation.AddressOf("/srv/cgi-bin"), [.. front.ProgramOptions(installation), .. options]);
                tap = isTapped ? Tap.Start(address, behindTap) : null;
            }
            return new RunningFront(front, installation, await front.StartServerAsync(installation, options), backend) { Tap = tap };
        }
        catch
        {
            tap?.Dispose();
            if (backend is not null)
                await backend.DisposeAsync();
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
        Tap?.Dispose();
        if (Backend is not null)
            await Backend.DisposeAsync();
        Installation.Dispose();
    }
}
