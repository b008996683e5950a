namespace Shims.Control.Doctor.Deployments;

/// <summary>Looks at Apache's configuration.</summary>
internal sealed class ApacheExamination : IExamination
{
    public bool Recognises(string what) => ConfigurationKinds.Of(what) == ConfigurationKind.Apache;

    public IEnumerable<string> FindAll() => UsualPlaces.Here.WebServers.Where(Recognises);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        var configuration = ApacheConfiguration.Load(what);
        // Debian's main file cannot be read without the variables of its envvars, which only apachectl knows.
        IEnumerable<Finding> own = settings.MayRun && configuration.Faults.Count == 0 && configuration.Main is { } main
            ? ServerCheck.Run(main.StartsWith("/etc/", StringComparison.Ordinal) ? ["apachectl", "apache2ctl"] : ["apache2", "httpd"], ["-t", "-f", main], main)
            : [];
        return configuration.Faults.Concat(own).Concat(ApacheChecks.Examine(configuration)).Concat(RouteChecks.ExamineAll(configuration.Routes, settings));
    }
}
