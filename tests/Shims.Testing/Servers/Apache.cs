namespace Shims.Testing;

/// <summary>Apache with one of the examples as its only site. Needs no root.</summary>
public sealed class Apache : Server
{
    private const string Modules = "/usr/lib/apache2/modules";

    private readonly string _errorLog;

    private Apache(string configuration, string errorLog) : base(Tool.PathOf("apache2"), "-f", configuration, "-D", "FOREGROUND") => _errorLog = errorLog;

    /// <summary>The error log and whatever was printed.</summary>
    public override string Log => base.Log + (File.Exists(_errorLog) ? File.ReadAllText(_errorLog) : "");

    /// <summary>True if Debian's package of that module is there.</summary>
    public static bool HasModule(string name) => File.Exists($"{Modules}/mod_{name}.so");

    /// <summary>Starts Apache with a file of the kind that lies in /etc/apache2/sites-available, and waits until it listens.</summary>
    /// <param name="installation">What the names in the example stand for.</param>
    /// <param name="site">The example.</param>
    /// <param name="modules">What a2enmod would have enabled for it.</param>
    /// <param name="realLifePort">The port in the example.</param>
    public static async Task<Apache> StartAsync(Installation installation, ExampleFile site, IEnumerable<string> modules, int realLifePort = 8080)
    {
        // Then Apache itself starts what is in the checkout, as its own user.
        if (Environment.IsPrivilegedProcess && modules.Any(module => module is "fcgid" or "cgid" or "cgi"))
            Requires.EntryFor("www-data");
        string folder = installation.Folder.MakeFolder($"apache-{realLifePort}");
        string configuration = Path.Combine(folder, "apache2.conf"), errorLog = Path.Combine(folder, "error.log");
        await File.WriteAllTextAsync(configuration, $"""
            ServerRoot {folder}
            DefaultRuntimeDir {folder}
            PidFile {folder}/apache2.pid
            ErrorLog {errorLog}
            LogLevel warn
            Mutex pthread
            Timeout {Patience.Limit.TotalSeconds}
            # After a reply that broke off, mod_proxy keeps the browser's connection for so long before it closes it.
            KeepAliveTimeout 1
            ServerName localhost
            {(Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "")}
            {string.Join('\n', new[] { "mpm_event", "authz_core", "alias" }.Concat(modules).Select(name => $"LoadModule {name}_module {Modules}/mod_{name}.so"))}
            <IfModule mod_fcgid.c>
                FcgidIPCDir {folder}/fcgid
                FcgidProcessTableFile {folder}/fcgid.table
            </IfModule>
            <IfModule mod_jk.c>
                JkLogFile {folder}/jk.log
                JkShmFile {folder}/jk.shm
            </IfModule>
            <Directory />
                AllowOverride None
                Require all denied
            </Directory>
            Include {installation.Install(site)}

            """);

        var apache = new Apache(configuration, errorLog);
        try
        {
            await apache.WaitUntilListeningAsync($"127.0.0.1:{installation.PortOf(realLifePort)}");
            return apache;
        }
        catch
        {
            await apache.DisposeAsync();
            throw;
        }
    }
}
