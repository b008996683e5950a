using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at inetd.conf.</summary>
internal sealed class InetdExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Inetd;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.SuperServers.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        var deployment = Deployment.Of(settings);
        foreach (InetdLine line in InetdReader.Read(what))
        {
            Service service = InetdServices.ToService(line, what);
            // Other people's services are their business.
            if (!ConcernsGateway(line, deployment, service))
                continue;
            foreach (Finding finding in InetdChecks.Examine(line, what).Concat(line.Fields.Count <= InetdLine.ProgramField ? [] : ServiceExamination.Examine(service, deployment, settings)))
                yield return finding;
        }
    }

    private static bool ConcernsGateway(InetdLine line, Deployment deployment, Service service) =>
        line.Protocol == "unix" || line.Text.Contains("-run", StringComparison.Ordinal) || service.Spoken.Length > 0
        || (service.Address is { } address && deployment.RouteTo(address) is not null);
}
