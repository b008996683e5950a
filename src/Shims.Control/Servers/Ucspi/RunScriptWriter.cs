using System.Globalization;
using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.Ucspi;

/// <summary>
/// A shell script that becomes the super-server: for runit and daemontools, or to be started at boot. Run as root, it drops to the user.
/// </summary>
internal static class RunScriptWriter
{
    internal static IEnumerable<ConfigurationSnippet> WriteTcpserver(Deployment deployment) => RunScript(deployment, $"""
        #!/bin/sh
        # tcpserver (ucspi-tcp): one process per connection.
        #   -c {Deployment.Concurrency}          at most so many at a time
        #   -u, -g         who it runs as
        #   -H -R -l 0     ask neither DNS nor identd who is calling: each would take its time
        # {(deployment.ServedPeers.Count == 0 ? "The address must be the loopback one" : $"The address is {deployment.Callers}")}: {deployment.Risk}.
        {deployment.Address.Remark}exec tcpserver -c {Deployment.Concurrency} {UserOptions(deployment)} -H -R -l 0 {deployment.Address.Host} {deployment.Address.Port} \
            {deployment.CommandLine}

        """);

    internal static IEnumerable<ConfigurationSnippet> WriteUnixserver(Deployment deployment) => RunScript(deployment, $"""
        #!/bin/sh
        # unixserver (ucspi-unix): one process per connection.
        #   -c {Deployment.Concurrency}          at most so many at a time
        #   -u, -g         who it runs as
        #   -o, -r, -p     the socket is the web server's alone: {deployment.Risk}
        # The -- keeps unixserver from reading the program's options as its own.
        exec unixserver -c {Deployment.Concurrency} {UserOptions(deployment)} {OwnerOptions(deployment)} -p 0600 -- {deployment.Address} \
            {deployment.CommandLine}

        """);

    internal static IEnumerable<ConfigurationSnippet> WriteSpawnFcgi(Deployment deployment)
    {
        string address = deployment.Address.Path is { } path
            ? $"-U {deployment.WebUser} -M 0600 -s {path}"
            : string.Create(CultureInfo.InvariantCulture, $"-a {deployment.Address.Host} -p {deployment.Address.Port}");
        string access = deployment.Address.Path is null
            ? deployment.ServedPeers.Count == 0 ? "-a             the loopback address alone" : $"-a             an address of this host, {deployment.Callers}"
            : "-U, -M         the socket is the web server's alone";
        return RunScript(deployment, $"""
            #!/bin/sh
            # spawn-fcgi: one process gets the listening socket, and stays until it is told to end (SIGTERM).
            #   -n             stay in the foreground, for a supervisor
            #   -u             who it runs as
            #   {access}: {deployment.Risk}
            {deployment.Address.Remark}exec spawn-fcgi -n -u {deployment.User} {address} -- \
                {deployment.CommandLine}

            """);
    }

    private static string UserOptions(Deployment deployment) => $"-u \"$(id -u {deployment.User})\" -g \"$(id -g {deployment.User})\"";

    private static string OwnerOptions(Deployment deployment) =>
        $"-o \"$(id -u {deployment.WebUser})\" -r \"$(id -g {deployment.WebUser})\"";

    private static IEnumerable<ConfigurationSnippet> RunScript(Deployment deployment, string text)
    {
        string file = $"/etc/service/{deployment.Name}/run";
        yield return new ConfigurationSnippet($"run script: a file of its own, for instance {file}", $"chmod +x {file}", text)
        {
            First = deployment.FolderCommand,
        };
    }
}
