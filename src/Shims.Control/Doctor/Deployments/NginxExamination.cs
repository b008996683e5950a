namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at nginx's configuration.</summary>
internal sealed class NginxExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Nginx;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.WebServers.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        var configuration = NginxConfiguration.Load(what);
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
            foreach (Finding finding in NginxChecks.Examine(location, route).Concat(RouteChecks.ExamineAll([route], settings)))
                yield return finding;
        }
    }
}
