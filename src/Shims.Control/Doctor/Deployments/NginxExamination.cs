namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at nginx's configuration.</summary>
internal sealed class NginxExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Nginx;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.WebServers.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        var configuration = NginxConfiguration.Load(what);
        var deployment = Deployment.Of(settings);
        foreach (Finding fault in configuration.Faults)
            yield return fault;
        if (settings.MayRun && configuration.Faults.Count == 0 && configuration.Main is { } main)
        {
            foreach (Finding finding in ServerCheck.Run(["nginx"], ["-t", "-q", "-c", main], main))
                yield return finding;
        }
        foreach (NginxLocation location in configuration.Locations)
        {
            Route route = configuration.ToRoute(location);
            bool isClean = true;
            foreach (Finding finding in NginxChecks.Examine(location, route).Concat(RouteChecks.Examine(route, deployment, settings)))
            {
                isClean &= finding.Severity == Severity.Good;
                yield return finding;
            }
            if (isClean)
                yield return new Finding(Severity.Good, location.Pass.Place.ToString(), $"{location.Pass.Name} {route.Address}");
        }
    }
}
