using Mono.Unix;
using Mono.Unix.Native;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>Faults of a file that an interpreter of <c>--interpreter</c> runs, beside whether it may be read.</summary>
internal static class InterpretedForm
{
    internal static IEnumerable<Finding> Check(ScriptCase script)
    {
        string interpreter = script.GivenInterpreter!;
        if (script.User.FindObstacle(Access.Execute, interpreter) is { } obstacle)
        {
            yield return obstacle.Kind == ObstacleKind.Forbidden
                ? script.Error($"its interpreter {interpreter} may not be run by user {script.User.Name}")
                    with
                { Advice = $"see why {obstacle.Path} is closed to that user" }
                : script.Error($"its interpreter {interpreter} does not exist") with
                {
                    Fix = DebianPackages.FixFor(Path.GetFileName(interpreter)),
                    Advice = "install it, or correct --interpreter in the super-server's line",
                };
        }
        if (!script.Settings.Gateway.Contains("--allow-writable") && FindWritable(script) is { } finding)
            yield return finding;
        if (script.IsWsgi)
        {
            foreach (Finding fault in WsgiDiagnosis.CheckSource(script))
                yield return fault;
        }
    }

    /// <summary>As the gateways do: what scripts can write must not become a program.</summary>
    private static Finding? FindWritable(ScriptCase script)
    {
        const string danger = ", so that an upload could become a program: the gateway refuses it";
        if (script.User.IsRoot)
        {
            return script.Error($"user root may write to every file{danger}") with
            {
                Advice = "let the super-server run the gateway as another user, such as www-data",
            };
        }
        string real = UnixPath.GetCompleteRealPath(script.Path), folder = Path.GetDirectoryName(real)!;
        for (string? place = real; place is not null; place = Path.GetDirectoryName(place))
        {
            if (Syscall.stat(place, out Stat status) != 0)
                continue;
            bool isFolder = place != real;
            // What lies in a sticky directory of another user keeps its name.
            if (isFolder && place != folder && status.st_mode.HasFlag(FilePermissions.S_ISVTX) && status.st_uid != script.User.UserId)
                continue;
            string? reason = status.st_mode.HasFlag(FilePermissions.S_IWOTH) ? "is world-writable"
                : status.st_uid == script.User.UserId ? $"belongs to user {script.User.Name}, which runs the scripts"
                : script.User.May(Access.Write, place) ? $"is writable for user {script.User.Name}, which runs the scripts"
                : null;
            if (reason is null)
                continue;
            return script.Error($"{place} {reason}{danger}") with
            {
                // No command: it would make a program of what a visitor has uploaded.
                Advice = "nothing to do if it was uploaded; a program belongs into a directory that neither user "
                    + $"{script.User.Name} nor all users may write to, nor to one above it; or add --allow-writable before TARGET, if no script writes there",
            };
        }
        return null;
    }
}
