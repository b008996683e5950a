using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>
/// Finds out as whom and with which options scripts are run, where the command line does not say it and a super-server's configuration
/// does.
/// </summary>
internal static class ServiceUsers
{
    /// <summary>Takes user and gateway of the service whose TARGET a script or directory is, or is in.</summary>
    internal static DoctorSettings NameUser(string what, ConfigurationSet set, DoctorSettings settings)
    {
        if (!settings.MayRun || (settings.IsGatewayNamed && (settings.IsUserNamed || !settings.User.IsRoot)))
            return settings;
        string path = what.TrimEnd('/');
        Service? service = set.KnownServices.FirstOrDefault(service =>
            service.User is not null && service.Command is { IsGateway: true, Target: { } target }
                && FileCustody.IsIn(path, target.TrimEnd('/')) && IsOurs(service.Place.File));
        if (service is null)
            return settings;
        if (!settings.IsGatewayNamed && service.Command!.Program.StartsWith('/') && File.Exists(service.Command.Program))
        {
            settings = settings with
            {
                Gateway = [.. WithoutLog(service.Command.UpToTarget), "--stderr", "inherit"],
                ServiceLog = service.Command.ValueOf("--stderr") ?? "",
            };
        }
        return !settings.IsUserNamed && settings.User.IsRoot && UserAccount.Find(service.User!) is { IsRoot: false } user
            ? settings with { User = user, IsUserNamed = true }
            : settings;
    }

    /// <summary>The words without the options that lead what is written elsewhere than to doctor.</summary>
    private static IEnumerable<string> WithoutLog(IReadOnlyList<string> words)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i] is "--stderr" or "--record")
                i++; // and its value
            else if (!words[i].StartsWith("--stderr=", StringComparison.Ordinal)
                && !words[i].StartsWith("--record", StringComparison.Ordinal) && words[i] != "--")
                yield return words[i];
        }
    }

    /// <summary>
    /// True if only root and this user can have written a file: others do not say as whom something is run, or what a server is to load.
    /// </summary>
    internal static bool IsOurs(string file) =>
        FileCustody.Find(file, null, out _) is { } found && (found.Owner == 0 || found.Owner == UserAccount.Current.UserId)
            && found.FindWeakness() is null && found.FindOwnWeakness() is null && !found.IsMovable;
}
