using Shims.Control.Servers.Writing;

namespace Shims.Control.Servers.Inetd;

/// <summary>A line of inetd.conf. inetd(8) of OpenBSD and Debian; inetd(8) of FreeBSD.</summary>
internal static class InetdWriter
{
    /// <summary>
    /// Words that inetd passes to a program, its own name among them (MAXARGV of OpenBSD, Debian and FreeBSD). It drops any more without a
    /// word.
    /// </summary>
    private const int MaxWords = 20;

    /// <summary>For OpenBSD, Debian's openbsd-inetd, NetBSD and GNU inetutils.</summary>
    internal static IEnumerable<ConfigurationSnippet> Write(Deployment deployment) => WriteAll(deployment, WriteLine);

    /// <summary>For FreeBSD and DragonFly.</summary>
    internal static IEnumerable<ConfigurationSnippet> WriteFreeBsd(Deployment deployment) => WriteAll(deployment, WriteFreeBsdLine);

    /// <summary>The line, and a file with the options where they are too many for one.</summary>
    private static IEnumerable<ConfigurationSnippet> WriteAll(Deployment deployment, Func<Deployment, ConfigurationSnippet> writeLine)
    {
        if (deployment.Arguments.Count < MaxWords)
            return [writeLine(deployment)];
        string file = $"/etc/shims/{Deployment.NameOf(deployment.Url, deployment.Target)}.options";
        return
        [
            writeLine(deployment with { OptionsFile = file }),
            new ConfigurationSnippet($"{deployment.ProgramName}: a file of its own, {file}, as inetd passes at most {MaxWords} words", "",
                $"# One option in each line.\n{string.Concat(deployment.Options.Select(option => string.Join(' ', option) + "\n"))}\n")
                { First = $"install -d -m 755 {Path.GetDirectoryName(file)}" },
        ];
    }

    private static ConfigurationSnippet WriteLine(Deployment deployment)
    {
        ListenAddress address = deployment.Address;
        string life = Life(deployment, "nowait: one process per request; the number is how many may be started in one minute "
            + "(with the usual 256, inetd switches a busy service off for ten).");
        string access = address.Path is { } path
            ? "Every local user may connect to a socket that this inetd makes: "
                + (deployment.FolderCommand.Length > 0 ? $"only the web server may enter {Path.GetDirectoryName(path)}."
                    : "put it into a folder that only the web server may enter.")
            : $"Never leave the address out: {deployment.Risk}.{Callers(deployment)}";
        string[] fields = [$"{address}", "stream", address.Path is not null ? "unix" : HostAddress.IsIPv6(address.Host) ? "tcp6" : "tcp", deployment.Waits ? "wait" : "nowait.9999999"];
        return new ConfigurationSnippet("inetd: a line of /etc/inetd.conf", "kill -HUP $(cat /run/inetd.pid)", $"""
            # {life}
            # {access}
            {address.Remark}# The program's name comes twice: the second time as its own argument 0.
            {string.Join(' ', fields)} {deployment.User} {deployment.Program} {Arguments(deployment)}

            """)
        { First = deployment.FolderCommand };
    }

    private static ConfigurationSnippet WriteFreeBsdLine(Deployment deployment)
    {
        ListenAddress address = deployment.Address;
        string name = address.Path is { } path ? $":{deployment.WebUser}:{deployment.WebUser}:0600:{path}" : deployment.Name;
        string start = deployment.Waits ? "wait" : $"nowait/{Deployment.Concurrency}";
        string[] fields = [name, "stream", address.Path is not null ? "unix" : HostAddress.IsIPv6(address.Host) ? "tcp6" : "tcp4", start];
        return new ConfigurationSnippet("inetd: a line of /etc/inetd.conf", "service inetd onereload", $"""
            # {Life(deployment, $"nowait/{Deployment.Concurrency}: one process per request, at most {Deployment.Concurrency} at a time.")}
            # {(address.Path is null
                ? $"-a {address.Host}: inetd listens on every address otherwise, and {deployment.Risk}.{Callers(deployment)}"
                : ":OWNER:GROUP:MODE: in front of the path: only the web server may connect.")}
            {address.Remark}# The program's name comes twice: the second time as its own argument 0.
            {string.Join(' ', fields)} {deployment.User} {deployment.Program} {Arguments(deployment)}

            """)
        {
            // -R 0: else 256 starts in one minute switch a busy service off.
            First = $"sysrc inetd_flags=\"-wW -R 0{(address.Path is null ? $" -a {address.Host}" : "")}\"" + (address.Path is null
                ? $" && echo '{deployment.Name} {address.Port}/tcp' >> /etc/services"
                : ""),
        };
    }

    private static string Callers(Deployment deployment) => deployment.ServedPeers.Count == 0 ? "" : $" It is {deployment.Callers}.";

    private static string Life(Deployment deployment, string nowait) => deployment.Waits
        ? "wait: the first request starts one process, which gets the listening socket and answers "
            + $"all{(deployment is { Kind: TargetKind.App, AspNet: null } ? "" : $" until there has been none for {Deployment.IdleSeconds} seconds")}."
        : nowait;

    private static string Arguments(Deployment deployment) => string.Join(' ', [deployment.ProgramName, .. deployment.Arguments]);
}
