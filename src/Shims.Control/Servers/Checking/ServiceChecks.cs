using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Live;
using Shims.Control.Processes;
using Shims.Control.Servers.Reading;
using Shims.Control.Users;
using Shims.Gateway.Serving;

namespace Shims.Control.Servers.Checking;

/// <summary>Faults of the program that a super-server starts, for all super-servers alike.</summary>
internal static class ServiceChecks
{
    /// <summary>Looks at user, program and target.</summary>
    internal static IEnumerable<Finding> Examine(Service service, ConfigurationSet set, DoctorSettings settings)
    {
        UserAccount? user = service.User is null ? settings.User : UserAccount.Find(service.User);
        if (user is null)
            yield return NoSuchUser(service);
        else if (user.IsRoot && service.User is not null)
            yield return new Finding(Severity.Warning, service.UserPlace.ToString(), "its scripts run as root")
            { Advice = "write a user who owns nothing that matters, such as the web server's" };
        if (service.Command is not { } command)
            yield break;
        foreach (Finding finding in ExamineProgram(service, command.Inner, user ?? settings.User))
            yield return finding;
        foreach (Finding finding in AppChecks.Examine(service, command, user ?? settings.User))
            yield return finding;
        foreach (Finding finding in SELinuxChecks.Examine(service, command, settings.Labels))
            yield return finding;
        if (!command.IsGateway)
            yield break;
        foreach (Finding finding in ExamineTarget(service, command, user ?? settings.User, settings))
            yield return finding;
        foreach (Finding finding in SecretChecks.Examine(service, command, user ?? settings.User))
            yield return finding;
        foreach (Finding finding in ExamineLogs(service, command, user ?? settings.User))
            yield return finding;
        foreach (Finding finding in ExamineSections(service, command, set))
            yield return finding;
    }

    /// <summary>
    /// Program and target; then the socket, unless a web server's configuration among the files that are looked at leads to it.
    /// </summary>
    internal static IEnumerable<Finding> ExamineWithSocket(Service service, ConfigurationSet set, DoctorSettings settings)
    {
        bool isClean = true;
        foreach (Finding finding in Examine(service, set, settings).Concat(settings.MayRun ? ResidentChecks.Examine(service) : []))
        {
            isClean &= finding.Severity == Severity.Good;
            yield return finding;
        }
        if (service.Address is { } address && !set.Upstreams.Any(upstream => upstream.Address is { } target && address.Serves(target)))
        {
            foreach (Finding finding
                in SocketChecks.Examine(address, WebUsers.Of(set.UpstreamTo(address)?.WebUser, settings), service, settings))
            {
                isClean &= finding.Severity == Severity.Good;
                yield return finding;
            }
        }
        if (isClean && service.Address is not null)
            yield return new Finding(Severity.Good, service.Place.ToString(),
                $"{service.SuperServer} can start {service.Command?.Inner.Name} at {service.Address}");
    }

    private static Finding NoSuchUser(Service service)
    {
        string? other = WebUsers.Of(null, new DoctorSettings { User = UserAccount.Current })?.Name;
        return new Finding(Severity.Error, service.UserPlace.ToString(),
            $"there is no user {service.User}, so {service.SuperServer} starts nothing")
        {
            Fix = other is null ? null : ConfigurationEdit.Replace(service.UserPlace, service.User!, other),
            Advice = service.Then("write a user that there is (getent passwd)"),
        };
    }

    private static IEnumerable<Finding> ExamineProgram(Service service, ProgramCommand command, UserAccount user)
    {
        string place = service.CommandPlace.ToString();
        if (!command.Program.StartsWith('/'))
        {
            yield return new Finding(Severity.Error, place, $"the program {command.Program} is not an absolute path")
            {
                Fix = InstalledPrograms.Find(command.Name) is { } full
                ? ConfigurationEdit.Replace(service.CommandPlace, command.Program, full) : null,
                Advice = service.Then("write its whole path")
            };
            yield break;
        }
        if (user.FindObstacle(Access.Execute, command.Program) is { } obstacle)
            yield return Explain(service, command, user, obstacle);
        else if (Directory.Exists(command.Program))
            yield return new Finding(Severity.Error, place, $"the program {command.Program} is a directory")
            { Advice = service.Then("write the path of the program itself") };
    }

    private static Finding Explain(Service service, ProgramCommand command, UserAccount user, Obstacle obstacle)
    {
        string place = service.CommandPlace.ToString();
        if (obstacle.Kind != ObstacleKind.Forbidden)
        {
            string? found = InstalledPrograms.Find(command.Name);
            return new Finding(Severity.Error, place, $"the program {command.Program} does not exist")
            {
                Fix = found is null ? null : ConfigurationEdit.Replace(service.CommandPlace, command.Program, found),
                Advice = service.Then(found is null ? "install it there, or correct the path" : "write where it is")
            };
        }
        return new Finding(Severity.Error, place, obstacle.Path == command.Program
            ? $"user {user.Name} may not run {command.Program}: it is not executable for that user"
            : $"user {user.Name} may not run {command.Program}: the directory {obstacle.Path} is closed to that user")
        { Advice = service.Then("install it where everybody may run it, such as /usr/local/libexec, or open the way to that user") };
    }

    private static IEnumerable<Finding> ExamineTarget(Service service, ProgramCommand command, UserAccount user, DoctorSettings settings)
    {
        string place = service.CommandPlace.ToString();
        Finding[] findings = [.. ExamineLine(service, command, user)];
        foreach (Finding finding in findings)
            yield return finding;
        if (command.Target is not { } target)
        {
            // An option may have taken TARGET for its value.
            if (findings.Length > 0)
                yield break;
            yield return new Finding(Severity.Error, place,
                $"{command.Name} is not told what to run: TARGET is missing, a script or, with a slash at its end, a directory of scripts")
            { Advice = service.Then($"write it behind {command.Name}, for instance: {command.Name} /usr/lib/cgi-bin/") };
            yield break;
        }
        if (!target.StartsWith('/'))
            yield return new Finding(Severity.Warning, place,
                $"{target} is not an absolute path, and where {service.SuperServer} starts programs is its own business")
            { Advice = service.Then("write the whole path") };
        else if (!target.EndsWith('/') && Directory.Exists(target))
            yield return new Finding(Severity.Error, place,
                $"{target} is a directory, but without a slash at its end it is run as a script")
            {
                Fix = ConfigurationEdit.Replace(service.CommandPlace, LastWord(service.CommandPlace, target),
                LastWord(service.CommandPlace, target) + "/"),
                Advice = service.Then("write the slash")
            };
        else if (target.EndsWith('/') && target.Length > 1 && File.Exists(target.TrimEnd('/')))
            yield return new Finding(Severity.Error, place,
                $"{target.TrimEnd('/')} is a script, but with a slash at its end it is taken for a directory")
            {
                Fix = ConfigurationEdit.Replace(service.CommandPlace, target, target.TrimEnd('/')),
                Advice = service.Then("take the slash away")
            };
        else
        {
            // Looked at only: run is one of them, through the socket.
            DoctorSettings looking = settings with
            {
                User = user,
                MayRun = false,
                Gateway = command.UpToTarget,
                FixOwner = ServiceUsers.IsOurs(service.Place.File) ? null : FixScope.OfConfiguration(service.Place.File).Owner,
            };
            foreach (Finding finding in ExaminationGuard.Run(target, () => new ScriptExamination().Examine(target, looking)))
                yield return finding;
        }
    }

    /// <summary>The command line as the gateway itself reads it.</summary>
    private static IEnumerable<Finding> ExamineLine(Service service, ProgramCommand command, UserAccount user)
    {
        string place = service.CommandPlace.ToString();
        if (command.Fault is { } fault && !command.LacksOnlyTarget)
        {
            // A file that this user may not read is perhaps right.
            bool isUnknown = UserAccount.Current.UserId != user.UserId && command.OptionFiles.Any(static file =>
                UserAccount.Current.FindObstacle(Access.Read, file) is { Kind: ObstacleKind.Forbidden });
            yield return new Finding(isUnknown ? Severity.Warning : Severity.Error, place, $"{command.Name} refuses this line: {fault}")
            { Advice = isUnknown ? $"run shimctl doctor as root, or as user {user.Name}" : service.Then("mend it") };
        }
        if (command.OptionsBehindTarget.FirstOrDefault() is { } behind)
            yield return new Finding(Severity.Warning, place,
                $"{behind} stands behind TARGET, {command.Target}, so it is an argument of the scripts, and not an option of "
                    + command.Name)
            { Advice = service.Then("write it before TARGET") };
    }

    /// <summary>The files of --stderr and --access-log, as far as they cannot be written.</summary>
    private static IEnumerable<Finding> ExamineLogs(Service service, ProgramCommand command, UserAccount user)
    {
        foreach (string option in new[] { "--stderr", "--access-log" })
        {
            if (command.ValuesOf(option).LastOrDefault() is not { } file || !file.StartsWith('/'))
                continue;
            string folder = Path.GetDirectoryName(file) ?? "/";
            Access needed = File.Exists(file) ? Access.Write : Access.Write | Access.Execute;
            if (user.FindObstacle(needed, File.Exists(file) ? file : folder) is not { } obstacle)
                continue;
            yield return new Finding(Severity.Warning, service.CommandPlace.ToString(), obstacle.Kind == ObstacleKind.Forbidden
                ? $"cannot write to the log {option} {file}: user {user.Name} may not write to {obstacle.Path}"
                : $"cannot write to the log {option} {file}: there is no directory {folder}")
            {
                Advice = obstacle.Kind == ObstacleKind.Forbidden
                    ? $"let user {user.Name} own the log, or name another file"
                    : $"make it for user {user.Name}: {ShellWords.Join(["install", "-d", "-o", user.Name, folder])}",
            };
        }
    }

    /// <summary>Sections whose script is below none of the directories that the file is for.</summary>
    private static IEnumerable<Finding> ExamineSections(Service service, ProgramCommand command, ConfigurationSet set)
    {
        if (command.Target is not ['/', _, .., '/'] target || !Directory.Exists(target))
            yield break;
        foreach (OptionsSection section in command.Sections.Where(section => !Path.Exists(Path.Join(target, section.Name))))
        {
            bool isOfAnother = set.KnownServices.Any(other => other != service && other.Command is { IsGateway: true } another
                && another.Target is { } directory && directory.EndsWith('/') && Path.Exists(Path.Join(directory, section.Name))
                && another.Sections.Any(same => same.File == section.File && same.Line == section.Line));
            if (!isOfAnother)
                yield return WithoutScript(section, target);
        }
    }

    private static Finding WithoutScript(OptionsSection section, string target) => new(Severity.Warning,
        new SourceLocation(section.File, section.Line).ToString(),
        $"the section [{section.Name}] is without effect: the script {Path.Join(target, section.Name)} does not exist")
    { Advice = "write the path of a script below the directory, such as [awstats.pl] or [shop/report.pl]" };

    /// <summary>The target with what precedes it on its line, so that nothing else of the line is meant.</summary>
    private static string LastWord(SourceLocation place, string target) =>
        ConfigurationEdit.LineAt(place) is { } line
            && Regex.Match(line, $@"\S+\s+{Regex.Escape(target)}(?=\s|$)") is { Success: true } match
            ? match.Value
            : target;
}
