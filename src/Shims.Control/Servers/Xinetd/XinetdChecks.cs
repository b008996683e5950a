using System.Globalization;
using Shims.Control.Doctor;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers.Xinetd;

/// <summary>Faults of a service of xinetd as such.</summary>
internal static class XinetdChecks
{
    private const int EnoughStarts = 100;

    internal static IEnumerable<Finding> Examine(XinetdService service, string path)
    {
        string then = XinetdConfiguration.ToService(service, path).Then("");
        return ExamineAddress(service, then).Concat(ExamineArguments(service, then)).Concat(ExamineLimits(service, then));
    }

    private static IEnumerable<Finding> ExamineAddress(XinetdService service, string then)
    {
        if (XinetdConfiguration.IsDisabled(service))
        {
            XinetdAttribute disable = service["disable"]!;
            yield return new Finding(Severity.Error, disable.Place.ToString(), "the service is switched off")
            {
                Fix = ConfigurationEdit.Replace(disable.Place, disable.Values[0], "no"),
                Advice = $"switch it on{then}",
            };
        }
        if (service["socket_type"] is { } type && service.Value("socket_type") != "stream")
            yield return new Finding(Severity.Error, type.Place.ToString(), "requests come over connections: only a stream will do")
            {
                Fix = ConfigurationEdit.Replace(type.Place, service.Value("socket_type") ?? "=", "stream"),
                Advice = $"write stream{then}",
            };
        bool isUnlisted = service.Values("type").Contains("UNLISTED");
        if (service["port"] is null && ServicePorts.Find(service.Name) is null)
            yield return new Finding(Severity.Error, service.Place.ToString(),
                $"there is no service {service.Name} in /etc/services, and no port is given: xinetd does not know where to listen")
            { Advice = $"write, into the service:  type = UNLISTED  and  port = 9000{then}" };
        else if (service["port"] is { } port && !isUnlisted && ServicePorts.Find(service.Name) is null)
            yield return new Finding(Severity.Error, port.Place.ToString(),
                $"there is no service {service.Name} in /etc/services, so xinetd takes the port only of a service whose type is UNLISTED")
            {
                Fix = service["type"] is { } kind
                    ? ConfigurationEdit.Replace(kind.Place, "=", "= UNLISTED")
                    : ConfigurationEdit.InsertAfter(port.Place, "type = UNLISTED"),
                Advice = $"write the type{then}",
            };
        if (isUnlisted && service["protocol"] is null)
            yield return new Finding(Severity.Error, service.Place.ToString(), "an UNLISTED service needs a protocol")
            {
                Fix = ConfigurationEdit.InsertAfter(service["type"]!.Place, "protocol = tcp"),
                Advice = $"write it{then}",
            };
        if (service["only_from"] is null && XinetdConfiguration.ToService(service, service.Place.File) is var listener && PeerChecks.IsOpen(listener))
            yield return new Finding(Severity.Warning, service.Place.ToString(),
                "it listens at every address of this machine, and every client that reaches it names the script to run")
            {
                Fix = ConfigurationEdit.InsertAfter(service["server"]?.Place ?? service.Place, "bind = 127.0.0.1"),
                Advice = PeerChecks.Advise(listener, $"bind it to this machine{then}")
            };
    }

    /// <summary>Unlike inetd, xinetd writes the program's name by itself.</summary>
    private static IEnumerable<Finding> ExamineArguments(XinetdService service, string then)
    {
        string name = Path.GetFileName(service.Value("server") ?? "");
        if (service["server"] is null)
            yield return new Finding(Severity.Error, service.Place.ToString(), "no program is named")
            { Advice = $"write, into the service:  server = /usr/local/libexec/scgi-run{then}" };
        if (service["server_args"] is { } arguments && arguments.Values is [var first, ..] && first == name
            && !service.Values("flags").Contains("NAMEINARGS"))
            yield return new Finding(Severity.Error, arguments.Place.ToString(),
                $"{name} gets its own name as its first argument: unlike inetd.conf, server_args does not begin with the program's name")
            {
                Fix = ConfigurationEdit.Replace(arguments.Place, $"{name} ", ""),
                Advice = $"take the name out{then}",
            };
    }

    private static IEnumerable<Finding> ExamineLimits(XinetdService service, string then)
    {
        if (service.Value("wait") is "yes")
            yield break;
        // 50 connections in a second switch a service off for ten seconds, if nothing else is said: xinetd.conf(5).
        int perSecond = int.TryParse(service.Value("cps"), NumberStyles.None, CultureInfo.InvariantCulture, out int cps) ? cps : 50;
        if (perSecond < EnoughStarts)
        {
            const string line = "cps = 100000 1";
            yield return new Finding(Severity.Warning, (service["cps"]?.Place ?? service.Place).ToString(),
                $"after {perSecond} requests in a second xinetd switches the service off for a while, and the web server answers 502")
            {
                Fix = service["cps"] is { } limit
                    ? ConfigurationEdit.Replace(limit.Place, string.Join(' ', limit.Values), "100000 1")
                    : ConfigurationEdit.InsertAfter((service["server"] ?? service.Attributes.FirstOrDefault())?.Place ?? service.Place,
                        line),
                Advice = $"write {line}{then}",
            };
        }
        if (int.TryParse(service.Value("per_source"), NumberStyles.None, CultureInfo.InvariantCulture, out int perSource)
            && perSource < EnoughStarts)
            yield return new Finding(Severity.Warning, service["per_source"]!.Place.ToString(),
                $"all connections come from the web server, and only {perSource} of one source are served at a time")
            {
                Fix = ConfigurationEdit.Replace(service["per_source"]!.Place, service.Value("per_source")!, "UNLIMITED"),
                Advice = $"set no limit per source{then}",
            };
    }
}
