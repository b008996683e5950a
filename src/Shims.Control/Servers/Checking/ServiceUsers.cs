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
        if (settings.IsGatewayNamed && (settings.IsUserNamed || !settings.User.IsRoot))
            return settings;
        string path = what.TrimEnd('/');
        // The nearest TARGET around it; of several lines for that, one whose --interpreter runs it.
        Service? service = set.KnownServices.Where(service =>
            service.User is not null && service.Command is { IsGateway: true, Target: { } target }
                && FileCustody.IsIn(path, target.TrimEnd('/')) && IsOurs(service.Place.File))
            .OrderByDescending(service => service.Command!.Target!.TrimEnd('/').Length)
            .ThenBy(service => (settings with { Gateway = service.Command!.UpToTarget }).InterpreterOf(path) is null)
            .FirstOrDefault();
        return service is null ? settings : NameUser(service, settings);
    }

    /// <summary>Takes user and gateway of a service.</summary>
    internal static DoctorSettings NameUser(Service service, DoctorSettings settings)
    {
        if (!settings.IsGatewayNamed && service.Command is { IsGateway: true } command && command.Program.StartsWith('/')
            && (!settings.MayRun || File.Exists(command.Program)))
        {
            settings = settings with
            {
                Gateway = [.. WithoutLog(command.UpToTarget), "--stderr", "inherit"],
                ServiceLog = command.ValueOf("--stderr") ?? "",
            };
        }
        return !settings.IsUserNamed && settings.User.IsRoot && service.User is { } name
            && UserAccount.Find(name) is { IsRoot: false } user
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
