namespace Shims.Testing;

/// <summary>The super-server of OpenBSD as Debian ships it (openbsd-inetd), in the foreground. Needs no root if services run as the current user.</summary>
public sealed class Inetd : Server
{
    private Inetd(string configuration) : base(Tool.PathOf("inetd"), "-i", configuration)
    {
    }

    /// <summary>Starts inetd and waits until every service of the file listens.</summary>
    public static Task<Inetd> StartAsync(Installation installation, ExampleFile configuration) => StartAsync(installation.Install(configuration));

    /// <summary>Starts inetd with a file that is installed already, and waits until every service of the file listens.</summary>
    public static async Task<Inetd> StartAsync(string path)
    {
        var inetd = new Inetd(path);
        try
        {
            await inetd.WaitUntilListeningAsync(InetdService.Parse(File.ReadLines(path)).Select(service => service.Name));
            return inetd;
        }
        catch
        {
            await inetd.DisposeAsync();
            throw;
        }
    }
}
