using System.Globalization;
using Shims.Control.Servers.Apps;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.Systemd;

/// <summary>A socket unit and a service unit. systemd.socket(5), systemd.service(5)</summary>
internal static class SystemdWriter
{
    private static string Accepting { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        # One process per request; so many at a time. All come from one user, so the limit per source must not be smaller.
        Accept=yes
        MaxConnections={Deployment.Concurrency}
        MaxConnectionsPerSource={Deployment.Concurrency}
        # A burst of requests is not a fault: without these two lines it would stop the socket for good.
        """);

    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment)
    {
        string service = deployment.Waits ? $"{deployment.Name}.service" : $"{deployment.Name}@.service";
        string access = deployment.Address.Path is null
            ? Peers(deployment)
            : $"# Only the web server's user may connect: {deployment.Risk}.\n"
                + $"SocketUser={deployment.WebUser}\nSocketMode=0600\n";
        yield return new ConfigurationSnippet($"systemd: a file of its own, /etc/systemd/system/{deployment.Name}.socket", "", $"""
            [Unit]
            Description={(deployment.AspNet is null ? deployment.Protocol.Name + " requests" : "Requests")} for {deployment.Subject}

            [Socket]
            # The address that the web server connects to.
            ListenStream={deployment.Address}
            {access}{(deployment.Waits
                ? "# One process for all requests. It may end and be started again often.\nAccept=no"
                : Accepting)}
            TriggerLimitBurst=0
            PollLimitBurst=0

            [Install]
            WantedBy=sockets.target

            """);
        yield return new ConfigurationSnippet($"systemd: a file of its own, /etc/systemd/system/{service}", "systemctl daemon-reload && "
            + $"systemctl enable --now {deployment.Name}.socket",
            (deployment.Waits ? ForAllRequests(deployment) : ForEachRequest(deployment)) + $"""
            {State(deployment)}# What it has no business with. {Writable(deployment)}
            NoNewPrivileges=yes
            ProtectSystem=strict
            ProtectHome=yes
            PrivateTmp=yes
            PrivateDevices=yes
            {Further(deployment.AspNet)}
            """);
    }

    /// <summary>Nothing for the loopback interface of this machine.</summary>
    private static string Peers(Deployment deployment) => (deployment.Hosts.Count == 0 ? "" : $"""
        {HostAddress.RemarkOn(deployment.Address.Host)}# The address may come later than the socket.
        FreeBind=yes

        """) + (deployment.AllowedPeers.Count == 0 ? "" : $"""
        # The only machines that may connect: {deployment.Risk}.
        IPAddressDeny=any
        IPAddressAllow={string.Join(' ', deployment.AllowedPeers)}

        """);

    private static string State(Deployment deployment) => deployment.AspNet is null ? "" : $"""
        # Keys of cookies and form tokens, and what the app stores: /var/lib/{deployment.Name}.
        StateDirectory={deployment.Name}
        StateDirectoryMode=0700

        """;

    private static string Writable(Deployment deployment) => deployment.WritableFolders.Count > 0
        ? $"It stores something here only.\nReadWritePaths={string.Join(' ', deployment.WritableFolders)}"
        : deployment.AspNet is null ? "Add ReadWritePaths= for those that store something." : "Add ReadWritePaths= for what it stores elsewhere.";

    /// <summary>What an app of ASP.NET Core never does; scripts may.</summary>
    private static string Further(PublishedApp? app) => app is null ? "" : $"""
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        RestrictSUIDSGID=yes
        LockPersonality=yes
        {(app.IsNative ? "MemoryDenyWriteExecute=yes" : "# Not MemoryDenyWriteExecute=: the .NET runtime makes code while it runs.")}

        """;

    private static string ForEachRequest(Deployment deployment) => $"""
        [Unit]
        Description={deployment.Subject}
        # An instance that failed would otherwise stay in the list of units for ever.
        CollectMode=inactive-or-failed

        [Service]
        ExecStart={deployment.CommandLine}
        User={deployment.User}
        # The connection.
        StandardInput=socket
        StandardOutput=socket
        # Never the connection: a warning would become part of the page.
        StandardError=journal
        # 76: the web server broke the protocol off, for instance because the browser left. Nothing to mend here.
        SuccessExitStatus=76
        # No request takes longer than this.
        RuntimeMaxSec=3600

        """;

    private static string ForAllRequests(Deployment deployment) => $"""
        [Unit]
        Description={deployment.Subject}
        Requires={deployment.Name}.socket
        # Ending when idle and starting again is its life: count no starts.
        StartLimitIntervalSec=0

        [Service]
        ExecStart={deployment.CommandLine}
        User={deployment.User}
        # The listening socket.
        StandardInput=socket
        # Never the socket.
        StandardOutput=journal
        StandardError=journal
        # SIGTERM: take no new requests, finish those in flight; those that are not done by then are killed.
        TimeoutStopSec=60

        """;
}
