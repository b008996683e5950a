namespace Shims.Testing;

/// <summary>xinetd, unpacked aside from its package, because it cannot be installed beside openbsd-inetd.</summary>
public sealed class Xinetd : Server
{
    private readonly string _log;

    // It would log to the system's log; where there is none, it does not even start.
    private Xinetd(string program, string configuration, TemporaryFolder folder)
        : base(program, "-dontfork", "-f", configuration, "-pidfile", folder.PathTo("xinetd.pid"), "-filelog", folder.PathTo("xinetd.log")) =>
        _log = folder.PathTo("xinetd.log");

    public override string Log => base.Log + (File.Exists(_log) ? File.ReadAllText(_log) : "");

    /// <summary>The package that the program comes from.</summary>
    public static UnpackedPackage Package { get; } = new("xinetd", "usr/sbin/xinetd");

    /// <summary>The program's path; null if it cannot be had.</summary>
    public static Task<string?> FindAsync() => Package.FindAsync();

    /// <summary>Starts xinetd with one service file, and waits until it listens.</summary>
    public static Task<Xinetd> StartAsync(Installation installation, ExampleFile service, string address) => StartAsync(installation.Install(service), installation.Folder, address);

    /// <summary>Starts xinetd with one service file that is installed already, and waits until it listens.</summary>
    /// <param name="file">The file.</param>
    /// <param name="folder">Where its log goes.</param>
    /// <param name="address">Where it is to listen.</param>
    /// <exception cref="InvalidOperationException">There is nothing in the file that it can offer; the message holds its log.</exception>
    public static async Task<Xinetd> StartAsync(string file, TemporaryFolder folder, string address)
    {
        string program = await FindAsync() ?? throw new FileNotFoundException("xinetd is neither installed nor to be had");
        File.Delete(folder.PathTo("xinetd.log"));
        var xinetd = new Xinetd(program, file, folder);
        try
        {
            await Patience.UntilAsync(() => xinetd.HasEnded || xinetd.Log.Contains("Started working", StringComparison.Ordinal), "xinetd says how many services it has");
            if (xinetd.Log.Contains(" 0 available services", StringComparison.Ordinal))
                throw new InvalidOperationException($"xinetd offers no service:\n{xinetd.Log}");
            await xinetd.WaitUntilListeningAsync(address);
            return xinetd;
        }
        catch
        {
            await xinetd.DisposeAsync();
            throw;
        }
    }
}
