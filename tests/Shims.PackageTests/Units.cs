namespace Shims.PackageTests;

/// <summary>The systemd units of the packages, as scripts/units writes them.</summary>
public sealed class Units : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The gateways.</summary>
    public static string[] Programs { get; } = ["scgi-run", "fcgi-run", "uwsgi-run", "ajp-run"];

    /// <summary>The names of the service units: one for each request, and one for all.</summary>
    public static string[] Services { get; } = [.. Programs.SelectMany(program => new[] { $"{program}@.service", $"{program}-wait.service" })];

    /// <summary>The names of the socket units.</summary>
    public static string[] Sockets { get; } = [.. Programs.SelectMany(program => new[] { $"{program}.socket", $"{program}-wait.socket" })];

    /// <summary>Where a unit lies.</summary>
    public string PathTo(string name) => _folder.PathTo(name);

    /// <summary>What is in a unit.</summary>
    public UnitFile this[string name] => UnitFile.Parse(File.ReadLines(PathTo(name)));

    public async ValueTask InitializeAsync() => await Command.RunAsync(Repository.PathTo("scripts/units"), [_folder.Path]);

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
