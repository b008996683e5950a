using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Live;

/// <summary>The place of the gateway's log and of the scripts' error output, and whether it can be read.</summary>
/// <remarks>By default to the journal where there is one, else to syslog, else nowhere: see <c>--stderr</c> in scgi-run(8).</remarks>
internal static class LogRoute
{
    private const string Folder = "/var/log/shims", Log = Folder + "/error.log";

    internal static Finding? Check(DoctorSettings settings) => Check(settings, "/run/systemd/journal/stdout", "/dev/log");

    /// <param name="settings">Has the gateway's command line.</param>
    /// <param name="journal">The journal's socket.</param>
    /// <param name="syslog">The syslog daemon's.</param>
    internal static Finding? Check(DoctorSettings settings, string journal, string syslog)
    {
        string? stderr = StderrOf(settings);
        if (settings.ValuesOf("--errors").LastOrDefault() == "browser" || stderr is "inherit")
            return null;
        return stderr switch
        {
            "null" => Nowhere(settings, "--stderr null throws it away"),
            null or "journal" when File.Exists(journal) => CheckJournal(settings),
            null or "syslog" when File.Exists(syslog) => null,
            null or "journal" or "syslog" =>
                Nowhere(settings, "under inetd it would go to the journal or to syslog, and this machine has neither"),
            _ => CheckFile(settings, Path.GetFullPath(stderr)),
        };
    }

    /// <summary>The place of the log, in words.</summary>
    internal static string Describe(DoctorSettings settings) => StderrOf(settings) switch
    {
        null or "journal" when File.Exists("/run/systemd/journal/stdout") => $"journalctl -t {Path.GetFileName(settings.Gateway[0])}",
        null or "journal" or "syslog" => "the log of syslog",
        "inherit" => "the super-server's log",
        "null" => "no log, as --stderr null throws it away",
        var file => file,
    };

    private static Finding Nowhere(DoctorSettings settings, string why)
    {
        const string advice = $"put --stderr {Log} on the super-server's line, before the script; or, while you develop, --errors "
            + $"browser, which shows the reason on the page";
        var finding = new Finding(Severity.Warning, settings.Gateway[0], $"no log of it can be read: {why}");
        // The folder must be the gateway's to write to, and root's own would not be.
        return settings.User.IsRoot && !settings.IsUserNamed
            ? finding with { Advice = $"make {Folder} for the user of the super-server's line, and {advice}" }
            : Directory.Exists(Folder) ? finding with { Advice = $"let user {settings.User.Name} write to {Folder}, and {advice}" }
            : finding with { Fix = new NewFile(Folder, settings.User) { IsFolder = true }, Advice = $"and {advice}" };
    }

    private static Finding? CheckJournal(DoctorSettings settings)
    {
        bool mayRead = UserAccount.Current.IsRoot || new[] { "systemd-journal", "adm", "wheel" }.Any(IsMember);
        return mayRead ? null
            : new Finding(Severity.Warning, settings.Gateway[0],
            $"its log goes to the journal, which user {UserAccount.Current.Name} may not read")
            {
                Fix = ShellCommand.Of("sudo", "journalctl", "-t", Path.GetFileName(settings.Gateway[0])),
                Advice = "or add --stderr FILE to the super-server's line, before the script; or, while you develop, --errors browser, "
                + "which shows the reason on the page",
            };
    }

    private static Finding? CheckFile(DoctorSettings settings, string file)
    {
        string where = File.Exists(file) ? file : Path.GetDirectoryName(file)!;
        Access needed = File.Exists(file) ? Access.Write : Access.Write | Access.Execute;
        if (settings.User.FindObstacle(needed, where) is not null)
        {
            return new Finding(Severity.Warning, settings.Gateway[0],
                $"no log of it can be read: user {settings.User.Name} may not write {file}")
            { Advice = $"let user {settings.User.Name} own the file, or name another one" };
        }
        return new Finding(Severity.Good, settings.Gateway[0], $"its log is {file}");
    }

    private static bool IsMember(string group) =>
        Mono.Unix.Native.Syscall.getgrnam(group) is { } found && UserAccount.Current.Groups.Contains(found.gr_gid);

    /// <summary>The value of --stderr, of the service where that is known.</summary>
    private static string? StderrOf(DoctorSettings settings) =>
        settings.ServiceLog is { } log ? log.Length > 0 ? log : null : settings.ValuesOf("--stderr").LastOrDefault();
}
