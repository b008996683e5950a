namespace Shims.Testing;

/// <summary>The super-server of GNU inetutils, unpacked aside from its package, because it cannot be installed beside openbsd-inetd. Needs no root.</summary>
public sealed class InetutilsInetd : Server
{
    // -d is its only way to stay in the foreground; the messages that come with it go to our log.
    private InetutilsInetd(string program, string configuration, string pidFile) : base(program, "-d", $"--pidfile={pidFile}", configuration)
    {
    }

    /// <summary>The package that the program comes from.</summary>
    public static UnpackedPackage Package { get; } = new("inetutils-inetd", "usr/sbin/inetutils-inetd");

    /// <summary>Starts inetd and waits until it listens at one of the addresses of the file. It knows no unix sockets, and leaves those lines out.</summary>
    public static async Task<InetutilsInetd> StartAsync(Installation installation, ExampleFile configuration, string address)
    {
        string program = await Package.FindAsync() ?? throw new FileNotFoundException("inetutils-inetd is neither installed nor to be had");
        return await StartedAsync(new InetutilsInetd(program, installation.Install(configuration), installation.Folder.PathTo("inetd.pid")), address);
    }
}
