using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>Finds out how a script is run, where the command line does not say it and a super-server's configuration does.</summary>
internal static class ServiceUsers
{
    /// <summary>Takes user and variables of the service whose TARGET a script or directory is, or is in.</summary>
    internal static DoctorSettings Complete(string what, ConfigurationSet set, DoctorSettings settings)
    {
        if (!settings.MayRun)
            return settings;
        if (settings.Gateway is ["scgi-run"] && Find(what, set.Services)?.Command is { IsGateway: true } command)
            settings = settings with { Gateway = command.GatewayOfVariables };
        if (settings.IsUserNamed || !settings.User.IsRoot)
            return settings;
        return Find(what, set.KnownServices.Where(service => service.User is not null))?.User is { } name
            && Identity.Find(name) is { IsRoot: false } user
            ? settings with { User = user, IsUserNamed = true }
            : settings;
    }

    private static Service? Find(string what, IEnumerable<Service> services) => services.FirstOrDefault(service =>
        service.Command?.Target is { } target && FileCustody.IsIn(what.TrimEnd('/'), target.TrimEnd('/')) && IsOurs(service.Place.File));

    /// <summary>
    /// Whether only root and this user can have written a file: others do not say as whom something is run, or what a server is to load.
    /// </summary>
    internal static bool IsOurs(string file) => FileCustody.Find(file, null, out _) is { IsMovable: false } found
        && (found.Owner == 0 || found.Owner == Identity.Current.UserId) && found.FindWeakness() is null && found.FindOwnWeakness() is null;
}
