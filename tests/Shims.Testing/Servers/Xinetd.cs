using System.Diagnostics;

namespace Shims.Testing;

/// <summary>xinetd, unpacked aside from its package, because it cannot be installed beside openbsd-inetd.</summary>
public sealed class Xinetd : Server
{
    private static readonly SemaphoreSlim s_unpacking = new(1);

    private readonly string _log;

    // It would log to the system's log; where there is none, it does not even start.
    private Xinetd(string program, string configuration, TemporaryFolder folder)
        : base(program, "-dontfork", "-f", configuration, "-pidfile", folder.PathTo("xinetd.pid"), "-filelog", folder.PathTo("xinetd.log")) =>
        _log = folder.PathTo("xinetd.log");

    public override string Log => base.Log + (File.Exists(_log) ? File.ReadAllText(_log) : "");

    /// <summary>The program's path: installed, unpacked earlier, or downloaded and unpacked now; null if it cannot be had.</summary>
    public static async Task<string?> FindAsync()
    {
        string folder = Repository.PathTo("artifacts/xinetd");
        string unpacked = Path.Combine(folder, "usr/sbin/xinetd");
        await s_unpacking.WaitAsync();
        try
        {
            if (Tool.Find("xinetd") is { } installed) return installed;
            if (File.Exists(unpacked)) return unpacked;
            if (!Tool.Exists("apt-get") || !Tool.Exists("dpkg")) return null;
            Directory.CreateDirectory(folder);
            using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", "apt-get -q download xinetd && dpkg -x xinetd_*.deb . && rm xinetd_*.deb"])
            {
                WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync(), process.WaitForExitAsync());
            return File.Exists(unpacked) ? unpacked : null;
        }
        finally
        {
            s_unpacking.Release();
        }
    }

    /// <summary>Starts xinetd with one service file, and waits until it listens.</summary>
    public static async Task<Xinetd> StartAsync(Installation installation, ExampleFile service, string address)
    {
        string program = await FindAsync() ?? throw new FileNotFoundException("xinetd is neither installed nor to be had");
        var xinetd = new Xinetd(program, installation.Install(service), installation.Folder);
        try
        {
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
