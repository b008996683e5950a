using Shims.Control.Doctor.Configurations;

namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at xinetd's configuration.</summary>
internal sealed class XinetdExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Xinetd;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.SuperServers.Where(path => path.Contains("/xinetd.d/", StringComparison.Ordinal) && Recognises(path));

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        var deployment = Deployment.Of(settings);
        foreach (XinetdService read in XinetdReader.Read(what).Where(service => service.Name != "defaults"))
        {
            Service service = XinetdServices.ToService(read, what);
            if (service.Spoken is [] && (service.Address is null || deployment.RouteTo(service.Address) is null))
                continue;
            foreach (Finding finding in XinetdChecks.Examine(read, what).Concat(ServiceExamination.Examine(service, deployment, settings)))
                yield return finding;
        }
    }
}
