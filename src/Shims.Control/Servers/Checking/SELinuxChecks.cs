using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Servers.Checking;

/// <summary>Labels and booleans by which SELinux keeps a web server from a socket, or a gateway from its scripts. docs/selinux.md; httpd_selinux(8).</summary>
internal static class SELinuxChecks
{
    /// <summary>Of the program of a web server or gateway: both are then in one domain, httpd_t, whose processes may connect to each other.</summary>
    private const string ProgramType = "httpd_exec_t";

    private const string ScriptType = "httpd_sys_script_exec_t", SocketType = "httpd_var_run_t";

    private const string ReadMore = "docs/selinux.md says why, and what else the type allows";

    /// <summary>The ports of http_port_t, to which HAProxy may connect whatever is switched on.</summary>
    private static readonly int[] s_httpPorts = [80, 81, 443, 488, 8008, 8009, 8443, 9000];

    /// <summary>Looks at the program that a super-server starts, and at its scripts.</summary>
    internal static IEnumerable<Finding> Examine(Service service, ProgramCommand command, SecurityLabels labels)
    {
        // The domains of inetd and xinetd are others; no system that enforces SELinux still has them.
        if (!labels.IsEnforcing || service.SuperServer is "inetd" or "xinetd" || service.Spoken is [])
            yield break;
        if (service.SuperServer == "systemd" && labels.TypeOf(command.Inner.Program) is { } type && !type.StartsWith("httpd_", StringComparison.Ordinal))
        {
            yield return new Finding(Severity.Warning, command.Inner.Program, $"SELinux: its type is {type}, so it runs in a domain whose sockets a web server (httpd_t) may not connect to")
            {
                Fix = Label(ProgramType, command.Inner.Program, isFolder: false),
                Advice = $"then start the service anew; {ReadMore}",
            };
        }
        if (command.IsGateway && command.Target is ['/', ..] target)
        {
            foreach (Finding finding in ExamineScripts(target, labels))
                yield return finding;
        }
    }

    /// <summary>Looks at the address that a web server connects to.</summary>
    internal static IEnumerable<Finding> Examine(Upstream upstream, SocketAddress address, SecurityLabels labels)
    {
        if (!labels.IsEnforcing)
            return [];
        bool isHAProxy = upstream.Server == "HAProxy";
        return address.Path is { } path ? isHAProxy ? [] : ExamineSocket(path, labels)
            : isHAProxy ? Array.IndexOf(s_httpPorts, address.Port) >= 0 ? [] : ExaminePort(upstream, address, "haproxy_connect_any", labels)
            : ExaminePort(upstream, address, "httpd_can_network_connect", labels);
    }

    private static IEnumerable<Finding> ExamineScripts(string target, SecurityLabels labels)
    {
        bool isFolder = target.EndsWith('/');
        string[] scripts = isFolder ? [.. labels.ProgramsIn(target)] : [target];
        string[] refused = Array.FindAll(scripts, script => labels.TypeOf(script) is { } type && !MayRun(type, labels));
        if (refused is [var first, ..])
        {
            string others = refused.Length > 1 ? $"; nor may it run {refused.Length - 1} more here" : "";
            yield return new Finding(Severity.Warning, first, $"SELinux: its type is {labels.TypeOf(first)}, with which a gateway in the domain of web servers (httpd_t) may not run it{others}")
            {
                Fix = Label(ScriptType, isFolder ? target.TrimEnd('/') : target, isFolder),
                Advice = $"a file that was moved has the type of where it was: restorecon alone may do; {ReadMore}",
            };
        }
        if (scripts.Length > refused.Length && labels.IsOff("httpd_enable_cgi"))
            yield return Switch("httpd_enable_cgi", target, "SELinux: CGI scripts are switched off");
    }

    /// <summary>True for a type of CGI scripts, whichever program's, and where it is switched on for what web servers send.</summary>
    private static bool MayRun(string type, SecurityLabels labels) => type.EndsWith("script_exec_t", StringComparison.Ordinal)
        || (type.StartsWith("httpd_", StringComparison.Ordinal) && type.EndsWith("content_t", StringComparison.Ordinal) && !labels.IsOff("httpd_unified"));

    private static IEnumerable<Finding> ExamineSocket(string path, SecurityLabels labels)
    {
        if (labels.TypeOf(path) is not { } type || type.StartsWith("httpd_", StringComparison.Ordinal))
            yield break;
        string folder = Path.GetDirectoryName(path) ?? "/";
        bool isOurs = folder.Count(static letter => letter == '/') > 1;
        yield return new Finding(Severity.Warning, path, $"SELinux: its type is {type}, and a web server (httpd_t) may not write to such a socket, and must, to connect: 13 (Permission denied)")
        {
            Fix = Label(SocketType, isOurs ? folder : path, isOurs),
            Advice = $"if semanage says that /run is another name of /var/run, write /var/run there; {ReadMore}",
        };
    }

    private static IEnumerable<Finding> ExaminePort(Upstream upstream, SocketAddress address, string boolean, SecurityLabels labels)
    {
        if (labels.IsOff(boolean))
            yield return Switch(boolean, upstream.Place.ToString(), $"SELinux: {upstream.Server} may not connect to {address}: 13 (Permission denied)");
    }

    private static Finding Switch(string boolean, string subject, string cause) => new(Severity.Warning, subject, $"{cause}, as the boolean {boolean} is off")
    {
        Fix = ShellCommand.Of("setsebool", "-P", boolean, "on"),
        Advice = ReadMore,
    };

    /// <summary>A rule that lasts, and the label that it means. Its path is a regular expression.</summary>
    private static ShellCommand? Label(string type, string path, bool isFolder) => ShellCommand.Both(
        ShellCommand.Of("semanage", "fcontext", "-a", "-t", type, Regex.Escape(path) + (isFolder ? "(/.*)?" : "")),
        isFolder ? ShellCommand.Of("restorecon", "-Rv", path) : ShellCommand.Of("restorecon", "-v", path));
}
