using Shims.Control.Doctor.Configurations;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Doctor.Deployments;

/// <summary>What a socket unit of systemd and the service unit that belongs to it mean.</summary>
internal static class UnitServices
{
    /// <summary>The services behind a socket unit: one for each socket. For a service unit, those of its socket unit.</summary>
    internal static IEnumerable<Service> From(string path)
    {
        string? socketPath = path.EndsWith(".socket", StringComparison.Ordinal) ? path : SocketOf(path);
        if (socketPath is null || !File.Exists(socketPath))
            return [];
        Unit socket = UnitReader.Read(socketPath);
        Unit? service = File.Exists(ServicePath(socket)) ? UnitReader.Read(ServicePath(socket)) : null;
        return socket.All("ListenStream").Select(stream => ToService(socket, service, stream));
    }

    /// <summary>Where the service unit of a socket unit must lie.</summary>
    internal static string ServicePath(Unit socket)
    {
        string folder = System.IO.Path.GetDirectoryName(socket.Path) ?? "/";
        string name = socket["Service"]?.Value ?? $"{System.IO.Path.GetFileNameWithoutExtension(socket.Path)}{(socket.IsOn("Accept") ? "@" : "")}.service";
        return System.IO.Path.Join(folder, name);
    }

    /// <summary>The socket unit of a service unit; null if the service's name does not lead to one.</summary>
    internal static string? SocketOf(string servicePath) => servicePath.EndsWith(".service", StringComparison.Ordinal)
        ? $"{servicePath[..^".service".Length].TrimEnd('@')}.socket"
        : null;

    internal static Service ToService(Unit socket, Unit? service, UnitSetting stream) => new("systemd", stream.Place)
    {
        Address = SocketAddress.Parse(stream.Value),
        Command = service?["ExecStart"] is { } start ? CommandOf(start.Value) : null,
        CommandPlace = service?["ExecStart"]?.Place ?? socket.PlaceOfSection("Socket"),
        User = service?["User"]?.Value ?? (service is null ? null : "root"),
        UserPlace = service?["User"]?.Place ?? service?.PlaceOfSection("Service") ?? stream.Place,
        StartsForEach = socket.IsOn("Accept"),
        Reload = ReloadOf(socket),
        GiveSocketTo = user => socket["SocketUser"] is { } owner
            ? $"write SocketUser={user} on {owner.Place}"
            : $"write SocketUser={user} under [Socket] in {socket.Path}",
    };

    /// <summary>systemd reads its units, and the socket is made anew.</summary>
    internal static ShellCommand? ReloadOf(Unit socket) => ShellCommand.Both(ShellCommand.Of("systemctl", "daemon-reload"), ShellCommand.Of("systemctl", "restart", "--", socket.Name));

    /// <summary>Words as systemd divides them, without the characters that may stand in front of the program. systemd.service(5).</summary>
    internal static ProgramCommand CommandOf(string line)
    {
        var words = new List<string>();
        foreach (string word in QuotedWords.Split(line))
            words.Add(word.Replace("%%", "%", StringComparison.Ordinal));
        return new ProgramCommand(words.Count > 0 ? words[0].TrimStart('-', '@', ':', '+', '!', '|') : "", [.. words.Skip(1)]);
    }
}
