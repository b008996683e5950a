using System.Globalization;
using Mono.Unix.Native;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Control.Users;

namespace Shims.Control.Servers.Systemd;

/// <summary>Faults of a socket unit of systemd and the service unit that belongs to it.</summary>
internal static class SystemdChecks
{
    internal static IEnumerable<Finding> Examine(SystemdUnit socket, SystemdUnit? service, UserAccount? webUser)
    {
        string then = SystemdConfiguration.ReloadOf(socket) is { } reload ? $"; then: {reload}" : "";
        IEnumerable<Finding> findings = ExamineSocket(socket, service, webUser, then);
        findings = service is null
            ? findings.Append(MissingService(socket, then))
            : findings.Concat(ExamineService(socket, service, then)).Concat(ExamineSandbox(socket, service, then));
        return findings;
    }

    /// <summary>NAME@.service for Accept=yes, NAME.service for Accept=no: the other one is often there.</summary>
    private static Finding MissingService(SystemdUnit socket, string then)
    {
        string wanted = SystemdConfiguration.ServicePath(socket), folder = Path.GetDirectoryName(wanted)!;
        string stem = Path.GetFileNameWithoutExtension(socket.Path);
        string other = Path.Join(folder, socket.IsOn("Accept") ? $"{stem}.service" : $"{stem}@.service");
        string why = socket.IsOn("Accept")
            ? "with Accept=yes a service is started for each connection, which takes a template"
            : "with Accept=no one service gets the listening socket";
        SourceLocation place = (socket["Accept"] ?? socket["Service"])?.Place ?? socket.PlaceOfSection("Socket");
        if (socket["Service"] is null && File.Exists(other))
            return new Finding(Severity.Error, place.ToString(),
                $"{why}: {Path.GetFileName(wanted)} is missing, and {Path.GetFileName(other)} is of no use")
            {
                Fix = new FileRename(other, Path.GetFileName(wanted)),
                Advice = $"rename it{then}",
            };
        return new Finding(Severity.Error, place.ToString(), $"{why}: there is no {wanted}")
        { Advice = $"write that unit; inetd-examples/systemd has one to copy{then}" };
    }

    private static IEnumerable<Finding> ExamineSocket(SystemdUnit socket, SystemdUnit? service, UserAccount? webUser, string then)
    {
        if (socket.All("ListenStream").Count == 0)
            yield return new Finding(Severity.Error, socket.PlaceOfSection("Socket").ToString(),
                socket["ListenDatagram"] is null ? "it says nowhere where to listen" : "requests come over connections, not in datagrams")
            { Advice = $"write ListenStream=/run/shims/scgi.sock{then}" };
        foreach (Finding finding
            in socket.All("ListenStream").Any(stream => stream.Value.StartsWith('/')) ? ExamineOwner(socket, webUser, then) : [])
            yield return finding;
        // A filter says who may connect; which way it does is the administrator's business.
        if (socket.All("IPAddressDeny").Count == 0
            && socket.All("ListenStream").FirstOrDefault(stream => PeerChecks.IsOpen(SystemdConfiguration.ToService(socket, service, stream))) is { } open)
            yield return new Finding(Severity.Warning, open.Place.ToString(),
                "it listens at every address of this machine, and every client that reaches it names the script to run")
            {
                Fix = ConfigurationEdit.Replace(open.Place, open.Value, $"127.0.0.1:{open.Value.Split(':')[^1]}"),
                Advice = PeerChecks.Advise(SystemdConfiguration.ToService(socket, service, open), $"name this machine{then}"),
            };
        if (socket.Settings.All(setting => setting.Section != "Install"))
            yield return new Finding(Severity.Warning, socket.Path, "without an [Install] section nothing starts it with the machine")
            {
                Fix = new LineEdit(socket.Path, new LineChange(LineChangeKind.AppendAfter, LineChange.LastLine, "[Install]"),
                    new LineChange(LineChangeKind.AppendAfter, LineChange.LastLine, "WantedBy=sockets.target")),
                Advice = $"write it, then: {ShellCommand.Of("systemctl", "enable", "--now", "--", socket.Name)}",
            };
        if (socket["TriggerLimitBurst"]?.Value != "0")
            yield return new Finding(Severity.Warning, (socket["TriggerLimitBurst"]?.Place ?? socket.PlaceOfSection("Socket")).ToString(),
                "a burst of requests (200 in two seconds, if nothing else is said) stops the socket for good, and the web server answers "
                    + "502")
            {
                Fix = socket["TriggerLimitBurst"] is { } burst
                    ? ConfigurationEdit.Replace(burst.Place, burst.Value, "0")
                    : ConfigurationEdit.InsertAfter(socket.PlaceOfSection("Socket"), "TriggerLimitBurst=0"),
                Advice = $"write TriggerLimitBurst=0{then}",
            };
        if (socket.IsOn("Accept") && socket["MaxConnectionsPerSource"] is { } perSource
            && int.TryParse(perSource.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0
            && limit < (int.TryParse(socket["MaxConnections"]?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int all)
                ? all
                : 64))
            yield return new Finding(Severity.Warning, perSource.Place.ToString(),
                $"all connections come from the web server, so only {limit} are served at a time")
            { Advice = $"write the number of MaxConnections{then}" };
    }

    private static IEnumerable<Finding> ExamineOwner(SystemdUnit socket, UserAccount? webUser, string then)
    {
        string? owner = socket["SocketUser"]?.Value, group = socket["SocketGroup"]?.Value;
        foreach ((string? name, string what, bool exists)
            in new[] { (owner, "SocketUser", owner is null || UserAccount.Find(owner) is not null),
                (group, "SocketGroup", group is null || Syscall.getgrnam(group) is not null) })
        {
            if (!exists)
                yield return new Finding(Severity.Error, socket[what]!.Place.ToString(),
                    $"there is no {(what == "SocketUser" ? "user" : "group")} {name}, so systemd does not make the socket")
                {
                    Fix = webUser is null ? null : ConfigurationEdit.Replace(socket[what]!.Place, name!, webUser.Name),
                    Advice = $"write the web server's{then}",
                };
        }
        string mode = socket["SocketMode"]?.Value ?? "0666";
        int bits = ToMode(mode);
        if (webUser is not null && !MayConnect(webUser, bits, owner, group))
        {
            SourceLocation place = (socket["SocketMode"] ?? socket["SocketUser"])?.Place ?? socket.PlaceOfSection("Socket");
            bool takesOwner = (bits & 0b010_000_000) != 0;
            // A group that may write was made for this, and a file of a package stays as it is.
            bool takesGroup = owner is null && group is not null && (bits & 0b010_000) != 0 && Syscall.getgrnam(group) is not null;
            yield return new Finding(Severity.Error, place.ToString(),
                $"the socket is {owner ?? "root"}'s, and mode {mode} does not let user {webUser.Name} connect: 13 (Permission denied)")
            {
                Fix = takesGroup ? ShellCommand.Of("usermod", "-aG", group!, "--", webUser.Name)
                    : !takesOwner ? null
                    : socket["SocketUser"] is { } named ? ConfigurationEdit.Replace(named.Place, named.Value, webUser.Name)
                    : ConfigurationEdit.InsertAfter(place, $"SocketUser={webUser.Name}"),
                Advice = takesGroup ? "then restart the web server: it has its groups from its start" : $"give it to the web server{then}",
            };
        }
        else if ((bits & 0b010) != 0)
            yield return new Finding(Severity.Warning, (socket["SocketMode"]?.Place ?? socket.PlaceOfSection("Socket")).ToString(),
                "every user of this machine may connect, and a request names the script to run")
            { Advice = $"write SocketUser={webUser?.Name ?? "www-data"} and SocketMode=0600{then}" };
    }

    /// <summary>
    /// True if a user may write to the socket that systemd makes. Without a group it is in that of its owner. An owner or group that does
    /// not exist has been named.
    /// </summary>
    private static bool MayConnect(UserAccount webUser, int mode, string? owner, string? group)
    {
        if (UserAccount.Find(owner ?? "root") is not { } ownerAccount)
            return true;
        uint? groupId = group is null ? ownerAccount.GroupId : Syscall.getgrnam(group)?.gr_gid;
        return groupId is null
            || webUser.Allowed((FilePermissions)mode, ownerAccount.UserId, groupId.Value).HasFlag(Access.Write);
    }

    private static int ToMode(string mode)
    {
        int bits = 0;
        foreach (char digit in mode)
            bits = (bits << 3) | (digit is >= '0' and <= '7' ? digit - '0' : 0);
        return bits;
    }

    private static IEnumerable<Finding> ExamineService(SystemdUnit socket, SystemdUnit service, string then)
    {
        bool accepts = socket.IsOn("Accept");
        SourceLocation section = service.PlaceOfSection("Service");
        if (service["ExecStart"] is null)
            yield return new Finding(Severity.Error, section.ToString(), "no program is named")
            { Advice = $"write ExecStart=/usr/local/libexec/scgi-run /usr/lib/cgi-bin/{then}" };
        if (accepts && service["StandardInput"]?.Value != "socket")
            yield return new Finding(Severity.Error, (service["StandardInput"]?.Place ?? section).ToString(),
                "the program does not get the connection as its standard input")
            {
                Fix = service["StandardInput"] is { } input
                    ? ConfigurationEdit.Replace(input.Place, input.Value, "socket")
                    : ConfigurationEdit.InsertAfter(section, "StandardInput=socket"),
                Advice = $"write StandardInput=socket{then}",
            };
        if (service["StandardError"]?.Value is null or "inherit" or "socket" && accepts
            && service["StandardOutput"]?.Value is null or "inherit" or "socket")
            yield return new Finding(Severity.Warning, (service["StandardError"]?.Place ?? section).ToString(),
                "standard error is the connection: what programs other than these gateways write there becomes part of the page")
            {
                Fix = service["StandardError"] is { } error
                    ? ConfigurationEdit.Replace(error.Place, error.Value, "journal")
                    : ConfigurationEdit.InsertAfter(section, "StandardError=journal"),
                Advice = $"write StandardError=journal{then}",
            };
        if (service["User"] is null && !service.IsOn("DynamicUser"))
            yield return new Finding(Severity.Warning, section.ToString(), "no user is named, so its scripts run as root")
            { Advice = $"write User= with the name of a user who owns nothing that matters{then}" };
        if (accepts && service["CollectMode"]?.Value != "inactive-or-failed")
            yield return new Finding(Severity.Warning, service.PlaceOfSection("Unit").ToString(),
                "an instance that failed stays in the list of units for ever")
            {
                Fix = ConfigurationEdit.InsertAfter(service.PlaceOfSection("Unit"), "CollectMode=inactive-or-failed"),
                Advice = $"write CollectMode=inactive-or-failed{then}",
            };
    }

    /// <summary>Files that the sandbox hides from the program that is to run them.</summary>
    private static IEnumerable<Finding> ExamineSandbox(SystemdUnit socket, SystemdUnit service, string then)
    {
        if (service["ExecStart"] is not { } start || ProgramCommand.Parse(start.Value).Target is not { } target)
            yield break;
        if (service["ProtectHome"] is { } home && home.Value is not ("no" or "false" or "0" or "read-only")
            && (target.StartsWith("/home/", StringComparison.Ordinal) || target.StartsWith("/root/", StringComparison.Ordinal)))
            yield return new Finding(Severity.Error, home.Place.ToString(),
                $"ProtectHome={home.Value} hides {target} from the program that is to run it")
            {
                Fix = ConfigurationEdit.Replace(home.Place, home.Value, "read-only"),
                Advice = $"let it be read{then}",
            };
        if (service.IsOn("PrivateTmp")
            && (target.StartsWith("/tmp/", StringComparison.Ordinal) || target.StartsWith("/var/tmp/", StringComparison.Ordinal)))
            yield return new Finding(Severity.Error, service["PrivateTmp"]!.Place.ToString(),
                $"PrivateTmp=yes hides {target} from the program that is to run it")
            {
                Fix = ConfigurationEdit.Replace(service["PrivateTmp"]!.Place, service["PrivateTmp"]!.Value, "no"),
                Advice = $"or better, keep scripts elsewhere{then}",
            };
        if (service.IsOn("NoNewPrivileges") && Syscall.stat(target, out Stat status) == 0 && IsSetId(target, status))
            yield return new Finding(Severity.Warning, service["NoNewPrivileges"]!.Place.ToString(),
                $"NoNewPrivileges=yes makes {target}, which is set-id, run as {service["User"]?.Value ?? "root"} and not as its owner, "
                    + $"{UserAccount.NameOf(status.st_uid)}")
            {
                Fix = ConfigurationEdit.Replace(service["NoNewPrivileges"]!.Place, service["NoNewPrivileges"]!.Value, "no"),
                Advice = $"write NoNewPrivileges=no, if it is meant to run as its owner{then}",
            };
        if (socket.All("ListenStream").Any(stream => stream.Value.StartsWith("/tmp/", StringComparison.Ordinal)))
            yield return new Finding(Severity.Warning, socket["ListenStream"]!.Place.ToString(),
                "web servers under systemd often have a /tmp of their own (PrivateTmp=yes), and would not see this socket")
            { Advice = $"let it lie under /run{then}" };
    }

    /// <summary>A binary that runs as its owner or with its group. The kernel ignores the bits of a script.</summary>
    private static bool IsSetId(string target, in Stat status) =>
        (status.st_mode & FilePermissions.S_IFMT) == FilePermissions.S_IFREG
        && (status.st_mode & (FilePermissions.S_ISUID | FilePermissions.S_ISGID)) != 0 && UserAccount.Current.May(Access.Read, target)
            && Doctor.Scripts.ElfFile.Read(target) is not null;
}
