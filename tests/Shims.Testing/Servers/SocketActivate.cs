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
    public static Task<SocketActivate> StartAsync(Installation installation, ExampleFile socket, ExampleFile service, bool onDescriptor3 = false)
    {
        string socketFile = installation.Install(socket), serviceFile = installation.Install(service);
        return GivesSocketAsInput(UnitFile.Parse(File.ReadLines(serviceFile))) ? StartAsync(socketFile, serviceFile, onDescriptor3) : throw new InvalidDataException($"{service} does not have StandardInput=socket");
    }

    /// <summary>Does what systemd would do for two units that are installed already.</summary>
    public static async Task<SocketActivate> StartAsync(string socket, string service, bool onDescriptor3 = false)
    {
        UnitFile socketUnit = UnitFile.Parse(File.ReadLines(socket)), serviceUnit = UnitFile.Parse(File.ReadLines(service));
        string address = socketUnit["Socket", "ListenStream"];
        var activate = new SocketActivate(
        [
            $"--listen={address}",
            .. socketUnit["Socket", "Accept"] == "yes" ? ["--accept"] : Array.Empty<string>(),
            .. onDescriptor3 || !GivesSocketAsInput(serviceUnit) ? [] : new[] { "--inetd" },
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

    private static bool GivesSocketAsInput(UnitFile service) => service.Values("Service", "StandardInput") is ["socket"];
}
