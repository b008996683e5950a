namespace Shims.Testing;

/// <summary>systemd-socket-activate, which starts programs the way systemd does for a pair of units, without being process 1.</summary>
public sealed class SocketActivate : Server
{
    private SocketActivate(IReadOnlyList<string> arguments, string address) : base(Tool.PathOf("systemd-socket-activate"), arguments) => Address = address;

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>Does what systemd would do for the two units.</summary>
    /// <param name="installation">Where the units are installed.</param>
    /// <param name="socket">The .socket unit.</param>
    /// <param name="service">The .service unit.</param>
    /// <param name="onDescriptor3">Pass the listening socket as LISTEN_FDS does, and not as standard input.</param>
    public static async Task<SocketActivate> StartAsync(Installation installation, ExampleFile socket, ExampleFile service, bool onDescriptor3 = false)
    {
        UnitFile socketUnit = UnitFile.Parse(File.ReadLines(installation.Install(socket)));
        UnitFile serviceUnit = UnitFile.Parse(File.ReadLines(installation.Install(service)));
        if (serviceUnit["Service", "StandardInput"] != "socket") throw new InvalidDataException($"{service} does not have StandardInput=socket");
        string address = socketUnit["Socket", "ListenStream"];
        var activate = new SocketActivate(
        [
            $"--listen={address}",
            .. socketUnit["Socket", "Accept"] == "yes" ? ["--accept"] : Array.Empty<string>(),
            .. onDescriptor3 ? [] : new[] { "--inetd" },
            .. serviceUnit["Service", "ExecStart"].Split(' '),
        ], address);
        try
        {
            await activate.WaitUntilListeningAsync(address);
            return activate;
        }
        catch
        {
            await activate.DisposeAsync();
            throw;
        }
    }
}
