using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Users;
using Shims.Gateway.Requests;

namespace Shims.Control.Servers.Systemd;

/// <summary>A socket unit of systemd with its service unit, whichever of them is named.</summary>
internal sealed class SystemdConfiguration : IConfiguration
{
    private readonly string _path;
    private readonly string? _socketPath;
    private readonly SystemdUnit? _socket, _service;

    private SystemdConfiguration(string path)
    {
        _path = path;
        _socketPath = path.EndsWith(".socket", StringComparison.Ordinal) ? path : SocketOf(path);
        _socket = File.Exists(_socketPath) ? SystemdReader.Read(_socketPath) : null;
        _service = _socket is not null ? File.Exists(ServicePath(_socket)) ? SystemdReader.Read(ServicePath(_socket)) : null
            : path.EndsWith(".service", StringComparison.Ordinal) ? SystemdReader.Read(path) : null;
    }

    internal static string[] Files => ["/etc/systemd/system/*.socket", "/usr/local/lib/systemd/system/*.socket"];

    /// <summary>One for each socket.</summary>
    public IEnumerable<Service> Services =>
        _socket is null ? Alone is { } alone ? [alone] : [] : _socket.All("ListenStream").Select(stream => ToService(_socket, _service, stream));

    public bool IsLookedFor => Services.Any(service => service.Spoken.Length > 0);

    internal static bool Recognises(string path, string text) => Path.GetExtension(path) is ".socket" or ".service";

    internal static SystemdConfiguration Load(string path, string text) => new(path);

    public IEnumerable<Finding> Examine(ConfigurationSet set, DoctorSettings settings)
    {
        if (Alone is { } alone)
            return ExamineAlone(alone, set, settings);
        if (_socket is null)
            return [new Finding(Severity.Warning, _path, $"there is no {_socketPath} beside it, so nothing starts it when a request comes")
            { Advice = "write a socket unit of the same name; inetd-examples/systemd has one to copy" }];
        string? configured = Services.Select(service => service.Address).OfType<SocketAddress>()
            .Select(address => set.UpstreamTo(address)?.WebUser).FirstOrDefault(user => user is not null);
        return SystemdChecks.Examine(_socket, _service, WebUsers.Of(configured, settings))
            .Concat(Services.SelectMany(service => ServiceChecks.ExamineWithSocket(service, set, settings)));
    }

    /// <summary>A service unit whose program opens its socket itself; null if it is none.</summary>
    private Service? Alone => _socket is null && _service?["ExecStart"] is { } start && ProgramCommand.Parse(start.Value) is var command && command.ValueOf(OwnAddress.Option) is { } address
        ? new Service("systemd", start.Place)
        {
            Address = SocketAddress.Parse(address),
            Command = command,
            User = _service["User"]?.Value ?? "root",
            UserPlace = _service["User"]?.Place ?? _service.PlaceOfSection("Service"),
            Variables = SystemdSurroundings.VariablesOf(_service),
            Reload = ReloadOf(_service),
        }
        : null;

    private static IEnumerable<Finding> ExamineAlone(Service alone, ConfigurationSet set, DoctorSettings settings)
    {
        Finding[] findings = [.. ServiceChecks.Examine(alone, set, settings)];
        return findings is [] ? [new Finding(Severity.Good, alone.Place.ToString(), $"systemd can start {alone.Command!.Name}, which listens at {alone.Address}")] : findings;
    }

    /// <summary>The path of the service unit of a socket unit.</summary>
    internal static string ServicePath(SystemdUnit socket)
    {
        string folder = Path.GetDirectoryName(socket.Path) ?? "/";
        string name = socket["Service"]?.Value
            ?? $"{Path.GetFileNameWithoutExtension(socket.Path)}{(socket.IsOn("Accept") ? "@" : "")}.service";
        return Path.Join(folder, name);
    }

    /// <summary>The socket unit of a service unit; null if the service's name does not lead to one.</summary>
    internal static string? SocketOf(string servicePath) => servicePath.EndsWith(".service", StringComparison.Ordinal)
        ? $"{servicePath[..^".service".Length].TrimEnd('@')}.socket"
        : null;

    internal static Service ToService(SystemdUnit socket, SystemdUnit? service, UnitSetting stream) => new("systemd", stream.Place)
    {
        Address = SocketAddress.Parse(stream.Value),
        Command = service?["ExecStart"] is { } start ? ProgramCommand.Parse(start.Value) : null,
        CommandPlace = service?["ExecStart"]?.Place ?? socket.PlaceOfSection("Socket"),
        User = UserOf(service),
        UserPlace = service?["User"]?.Place ?? service?.PlaceOfSection("Service") ?? stream.Place,
        // systemd.socket(5), DirectoryMode=.
        MakesFolders = true,
        StartsForEach = socket.IsOn("Accept"),
        Variables = SystemdSurroundings.VariablesOf(service),
        Sandbox = SystemdSurroundings.SandboxOf(socket, service),
        Reload = ReloadOf(socket),
        GiveSocketTo = user => socket["SocketUser"] is { } owner
            ? $"write SocketUser={user} on {owner.Place}"
            : $"write SocketUser={user} under [Socket] in {socket.Path}",
    };

    /// <summary>
    /// The user of a service. One that systemd makes while the service runs has no rights but everyone's, as the account of that name has.
    /// </summary>
    private static string? UserOf(SystemdUnit? service)
    {
        if (service is null)
            return null;
        string? name = service["User"]?.Value;
        return service.IsOn("DynamicUser") && (name is null || UserAccount.Find(name) is null) ? "nobody" : name ?? "root";
    }

    /// <summary>systemd reads its units, and the socket is made anew.</summary>
    internal static ShellCommand? ReloadOf(SystemdUnit socket) =>
        ShellCommand.Both(ShellCommand.Of("systemctl", "daemon-reload"), ShellCommand.Of("systemctl", "restart", "--", socket.Name));
}
