using Shims.Control.Doctor;

namespace Shims.Control.Servers.Checking;

/// <summary>Looks at one service of a super-server, as far as all super-servers are alike.</summary>
internal static class ServiceExamination
{
    /// <summary>Program and target; then the socket, unless a web server's configuration among the files that are looked at leads to it.</summary>
    internal static IEnumerable<Finding> Examine(Service service, ConfigurationSet set, DoctorSettings settings)
    {
        bool isClean = true;
        foreach (Finding finding in ServiceChecks.Examine(service, settings).Concat(settings.MayRun ? ResidentChecks.Examine(service) : []))
        {
            isClean &= finding.Severity == Severity.Good;
            yield return finding;
        }
        if (service.Address is { } address && !set.Upstreams.Any(upstream => upstream.Address is { } target && address.Serves(target)))
        {
            foreach (Finding finding in SocketChecks.Examine(address, WebUsers.Of(set.UpstreamTo(address)?.WebUser, settings), service, settings))
            {
                isClean &= finding.Severity == Severity.Good;
                yield return finding;
            }
        }
        if (isClean && service.Address is not null)
            yield return new Finding(Severity.Good, service.Place.ToString(), $"{service.SuperServer} can start {service.Command?.Name} at {service.Address}");
    }
}
