namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at lighttpd's configuration.</summary>
internal sealed class LighttpdExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Lighttpd;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.WebServers.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        var configuration = LighttpdConfiguration.Load(what);
        IEnumerable<Finding> own = settings.MayRun && configuration.Faults.Count == 0 && configuration.Main is { } main ? ServerCheck.Run(["lighttpd"], ["-tt", "-f", main], main) : [];
        return configuration.Faults.Concat(own).Concat(LighttpdChecks.Examine(configuration)).Concat(RouteChecks.ExamineAll(configuration.Routes, settings));
    }
}
