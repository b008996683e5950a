namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at a Caddyfile, or at HAProxy's configuration.</summary>
internal sealed class FlatExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) is ConfigurationKind.Caddy or ConfigurationKind.HAProxy;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.WebServers.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        bool isCaddy = ConfigurationKinds.Of(what) == ConfigurationKind.Caddy;
        IEnumerable<Finding> own = !settings.MayRun ? [] : isCaddy ? ServerCheck.Run(["caddy"], ["validate", "--adapter", "caddyfile", "--config", what], what) : ServerCheck.Run(["haproxy"], ["-c", "-q", "-f", what], what);
        return own.Concat(RouteChecks.ExamineAll(Deployment.RoutesOf(what), settings));
    }
}
