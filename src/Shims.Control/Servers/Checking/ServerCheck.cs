using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Control.Users;

namespace Shims.Control.Servers.Checking;

/// <summary>Runs the web server's own check of its configuration.</summary>
internal static partial class ServerCheck
{
    /// <summary>Runs the server's own check of a main configuration.</summary>
    /// <param name="programs">Names that the server has on different systems; the first that is there is run.</param>
    /// <param name="arguments">Which only make it check.</param>
    /// <param name="configuration">The file, for messages that name no other.</param>
    internal static IEnumerable<Finding> Run(IEnumerable<string> programs, IReadOnlyList<string> arguments, string configuration)
    {
        // A configuration can name modules, and so code that the server loads when it checks.
        if (!ServiceUsers.IsOurs(configuration))
            return [
                new Finding(Severity.Warning, configuration,
                    $"the server's own check was not run: other users than root and {UserAccount.Current.Name} could have written this file, "
                        + "and it may name code to load")];
        if (programs.Select(FindServer).FirstOrDefault(found => found is not null) is not { } program
            || Check(program, arguments) is not { } output)
            return [];
        // Anything but the fault itself, and what only another user could look at, is left out.
        string? line = output.Split('\n')
            .FirstOrDefault(text => Fault().IsMatch(text) && !text.Contains("Permission denied", StringComparison.OrdinalIgnoreCase));
        if (line is null)
            return [];
        string subject = PlaceInText().Match(line) is { Success: true } place
            ? $"{place.Groups[1].Value}:{place.Groups[2].Value}"
            : configuration;
        return [new Finding(Severity.Error, subject, $"{Path.GetFileName(program)} will not start with this: {line.Trim()}")
        { Advice = $"mend it, and ask again: {ShellWords.Join([program, .. arguments])}" }];
    }

    /// <summary>Servers lie where users who are not root do not look.</summary>
    private static string? FindServer(string name) =>
        InstalledPrograms.Find(name)
            ?? new[] { "/usr/sbin/", "/usr/local/sbin/", "/sbin/" }.Select(folder => folder + name).FirstOrDefault(File.Exists);

    /// <summary>The text that it writes if it finds a fault; null if it finds none, or cannot be run.</summary>
    private static string? Check(string program, IReadOnlyList<string> arguments) =>
        UserCommand.Run(UserAccount.Current, [program, .. arguments], RunningServers.Folders, "/") is { ExitCode: not 0 } outcome
            ? $"{outcome.Error}\n{outcome.Output}"
            : null;

    [GeneratedRegex(@"\[emerg\]|\[crit\]|AH\d+: \S*error|[Ss]yntax error|Invalid command|error\b|\(configfile|not allowed|\[ALERT\]",
            RegexOptions.IgnoreCase)]
    private static partial Regex Fault();

    [GeneratedRegex(@"(?:in |of |file: |on line \d+ of )(/[^\s:]+?):(\d+)")]
    private static partial Regex PlaceInText();
}
