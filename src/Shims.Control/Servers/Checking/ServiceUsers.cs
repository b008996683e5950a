using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>Finds out who scripts run as, where the command line does not say it and a super-server's configuration does.</summary>
internal static class ServiceUsers
{
    /// <summary>Takes the user of the service whose TARGET a script or directory is, or is in.</summary>
    internal static DoctorSettings NameUser(string what, ConfigurationSet set, DoctorSettings settings)
    {
        if (settings.IsUserNamed || !settings.User.IsRoot || !settings.MayRun)
            return settings;
        string path = what.TrimEnd('/');
        string? name = set.KnownServices
            .Where(service => service.User is not null && service.Command?.Target is { } target && FileCustody.IsIn(path, target.TrimEnd('/')) && IsOurs(service.Place.File))
            .Select(service => service.User).FirstOrDefault();
        return name is not null && Identity.Find(name) is { IsRoot: false } user ? settings with { User = user, IsUserNamed = true } : settings;
    }

    /// <summary>Whether only root and this user can have written a file: others do not say as whom something is run, or what a server is to load.</summary>
    internal static bool IsOurs(string file) =>
        FileCustody.Find(file, null, out _) is { } found && (found.Owner == 0 || found.Owner == Identity.Current.UserId) && found.FindWeakness() is null && found.FindOwnWeakness() is null && !found.IsMovable;
}
