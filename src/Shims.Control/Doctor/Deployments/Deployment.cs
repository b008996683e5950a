namespace Shims.Control.Doctor.Deployments;

/// <summary>Both halves of everything: what listens, and what is sent there.</summary>
internal sealed class Deployment
{
    private readonly Lazy<IReadOnlyList<Service>> _usualServices;
    private readonly Lazy<IReadOnlyList<Route>> _usualRoutes;

    private Deployment(IReadOnlyList<string> given, UsualPlaces places)
    {
        Services = [.. given.SelectMany(ServicesOf)];
        Routes = [.. given.SelectMany(RoutesOf)];
        _usualServices = new Lazy<IReadOnlyList<Service>>(() => [.. places.SuperServers.Except(given).SelectMany(ServicesOf)]);
        _usualRoutes = new Lazy<IReadOnlyList<Route>>(() => [.. places.WebServers.Except(given).SelectMany(RoutesOf)]);
    }

    /// <summary>Of the files that the command line names.</summary>
    internal IReadOnlyList<Service> Services { get; }

    /// <summary>Of the files that the command line names.</summary>
    internal IReadOnlyList<Route> Routes { get; }

    /// <summary>Of those files, or if they hold none, of this machine's usual places.</summary>
    internal IReadOnlyList<Service> KnownServices => Services.Count > 0 ? Services : _usualServices.Value;

    /// <summary>Reads what the command line names.</summary>
    internal static Deployment Of(DoctorSettings settings) => new(settings.Given, UsualPlaces.Here);

    /// <summary>Who listens at an address; null if no configuration says so.</summary>
    internal Service? ServiceAt(SocketAddress address) => Services.Concat(_usualServices.Value).FirstOrDefault(service => service.Address?.Serves(address) == true);

    /// <summary>Who sends requests to an address; null if no configuration says so.</summary>
    internal Route? RouteTo(SocketAddress address) => Routes.Concat(_usualRoutes.Value).FirstOrDefault(route => route.Address is { } target && address.Serves(target));

    /// <summary>What a file sets up to listen.</summary>
    internal static IEnumerable<Service> ServicesOf(string path) => ConfigurationKinds.Of(path) switch
    {
        ConfigurationKind.Inetd => InetdServices.From(path),
        ConfigurationKind.Xinetd => XinetdServices.From(path),
        ConfigurationKind.Unit => UnitServices.From(path),
        _ => [],
    };

    /// <summary>Where a file sends requests.</summary>
    internal static IEnumerable<Route> RoutesOf(string path) => ConfigurationKinds.Of(path) switch
    {
        ConfigurationKind.Nginx => NginxConfiguration.Load(path).Routes,
        ConfigurationKind.Apache => ApacheConfiguration.Load(path).Routes,
        ConfigurationKind.Lighttpd => LighttpdConfiguration.Load(path).Routes,
        ConfigurationKind.Caddy => FlatRoutes.FromCaddyfile(path),
        ConfigurationKind.HAProxy => FlatRoutes.FromHAProxy(path),
        _ => [],
    };
}
