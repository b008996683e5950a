using System.Text;
using Shims.Cgi;
using Shims.Control.Doctor;
using Shims.Control.Processes;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Checking;

/// <summary>
/// Variables that a web server's configuration sets for scripts, and that the gateway holds back from them, because they are not CGI.
/// </summary>
internal static class HeldBackChecks
{
    /// <summary>Looks at the variables that are set for one service.</summary>
    internal static IEnumerable<Finding> Examine(Upstream upstream, Service? service)
    {
        // The options of a file are not known here.
        if (service?.Command is not { IsGateway: true } command || command.ValueOf("--options") is not null)
            yield break;
        var policy = new EnvironmentPolicy(ToBytes(command.ValuesOf("--env")), ToBytes(command.ValuesOf("--allow-env")),
            ToBytes(command.ValuesOf("--drop-env")));
        foreach (Directive setting
            in upstream.Settings.Where(setting => setting.Arguments.Count > 1).DistinctBy(setting => setting.Argument))
        {
            byte[] name = Encoding.UTF8.GetBytes(setting.Argument);
            CgiName known = CgiNames.Of(name);
            if (policy.Admits(known, name) || !policy.IsMissed(known, name))
                continue;
            string value = setting.Arguments[1].Text;
            string set = value.Contains('$', StringComparison.Ordinal)
                ? ""
                : $"--env {ShellWords.Quote($"{setting.Argument}={value}")}, which no request can change, or ";
            yield return new Finding(Severity.Warning, setting.Place.ToString(),
                $"{setting.Argument} is not a variable of CGI, and {command.Name} holds it back from scripts ({service.CommandPlace})")
            {
                Advice = service.Then($"write before TARGET: {set}--allow-env {setting.Argument}; or --drop-env "
                + $"{setting.Argument}, if no script wants it")
            };
        }
    }

    private static byte[][]? ToBytes(IReadOnlyList<string> words) => words.Count == 0 ? null : [.. words.Select(Encoding.UTF8.GetBytes)];
}
