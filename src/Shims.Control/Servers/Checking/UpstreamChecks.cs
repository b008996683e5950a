using System.Text.RegularExpressions;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Gateway.Connections;

namespace Shims.Control.Servers.Checking;

/// <summary>Checks that both halves fit together: address, protocol, script.</summary>
internal static class UpstreamChecks
{
    /// <summary>Looks at all ways from a web server to programs, side by side.</summary>
    internal static IEnumerable<Finding> ExamineAll(IEnumerable<Upstream> upstreams, ConfigurationSet set, DoctorSettings settings) =>
        SideBySide.Run(upstreams, upstream => ExamineOne(upstream, set, settings));

    private static IEnumerable<Finding> ExamineOne(Upstream upstream, ConfigurationSet set, DoctorSettings settings)
    {
        bool isClean = true;
        foreach (Finding finding in Examine(upstream, set, settings))
        {
            isClean &= finding.Severity == Severity.Good;
            yield return finding;
        }
        if (!isClean)
            yield break;
        string? end = upstream.Address?.ToString() ?? upstream.Own?.Command?.Name;
        yield return new Finding(Severity.Good, upstream.Place.ToString(), end is not null
            ? $"{upstream.Directive} leads to {end}"
            : $"{upstream.Directive} leads to an address that only a request decides, so it was not looked at");
    }

    /// <summary>Looks at one way from a web server to a program.</summary>
    internal static IEnumerable<Finding> Examine(Upstream upstream, ConfigurationSet set, DoctorSettings settings)
    {
        if (upstream.Own is { } own)
            return ExamineOwn(upstream, own, set, settings);
        if (upstream.Address is not { } address)
            return [];
        Service? service = set.ServiceAt(address);
        if (service is null && FindNearest(upstream, set) is { } nearest && !IsServed(address, settings))
            return [Elsewhere(upstream, nearest)];
        Finding[] findings = [.. SocketChecks.Examine(address, WebUsers.Of(upstream.WebUser, settings), service, settings),
            .. ExamineProtocol(upstream, service, set), .. ExamineKeeping(upstream, service), .. HeldBackChecks.Examine(upstream, service),
            .. SecretChecks.Examine(upstream, service, settings), .. SELinuxChecks.Examine(upstream, address, settings.Labels)];
        // A request is only sent where it can arrive.
        DoctorSettings reach = settings with
        { MayRun = settings.MayRun && !Array.Exists(findings, finding => finding.Severity == Severity.Error) };
        return service is null || !Speaks(service, upstream.Protocol)
            ? findings
            : [.. findings, .. ScriptChecks.Examine(upstream, service, reach)];
    }

    /// <summary>
    /// A program that the web server starts and restarts itself. Why it would not stay is only looked for if nothing else is wrong.
    /// </summary>
    private static Finding[] ExamineOwn(Upstream upstream, Service own, ConfigurationSet set, DoctorSettings settings)
    {
        Finding[] findings = [.. ExamineProtocol(upstream, own, set), .. ServiceChecks.Examine(own, set, settings)];
        if (Array.Exists(findings, finding => finding.Severity == Severity.Error))
            return findings;
        return [.. findings, .. ScriptChecks.Examine(upstream, own, settings), .. EarlyExit.Examine(own, settings),
            .. ResidentChecks.Examine(own)];
    }

    /// <summary>True if a server listens there that no configuration names.</summary>
    private static bool IsServed(SocketAddress address, DoctorSettings settings) => settings.MayRun
        ? SocketChecks.Examine(address, null, null, settings).All(finding => finding.Severity != Severity.Error)
        : address.Path is { } path && File.Exists(path);

    private static Finding Elsewhere(Upstream upstream, Service nearest)
    {
        string here = upstream.Address!.ToString(), there = nearest.Address!.ToString();
        if (!Speaks(nearest, upstream.Protocol))
        {
            string right = upstream.Protocol.Program;
            return new Finding(Severity.Error, upstream.AddressPlace.ToString(),
                $"{upstream.Directive} speaks {upstream.Protocol.Name} and connects to {here}, where no super-server listens; "
                    + $"{nearest.SuperServer} listens at {there} and speaks {NamesOf(nearest)} there ({nearest.Place})")
            {
                Advice = upstream.Then($"let {nearest.SuperServer} start {right} at {here}{OrSpeak(upstream, nearest, $" to {there}")}"),
            };
        }
        return new Finding(Severity.Error, upstream.AddressPlace.ToString(),
            $"{upstream.Server} connects to {here}, but {nearest.SuperServer} listens at {there} ({nearest.Place})")
        {
            Fix = ConfigurationEdit.Replace(upstream.AddressPlace, here, there),
            Advice = upstream.Then("let both name the same socket"),
        };
    }

    /// <summary>The service whose address is most like the one that the web server connects to, of those that speak its protocol.</summary>
    private static Service? FindNearest(Upstream upstream, ConfigurationSet set) => set.KnownServices
        .Where(service => service.Address is not null && service.Address.Path is null == upstream.Address!.Path is null)
        .Where(service => service.Command is { } command
            && (command.IsGateway || command.Spoken.Length > 0 || set.Services.Contains(service)))
        .OrderBy(service => Speaks(service, upstream.Protocol) ? 0 : 1)
        .ThenBy(service => Distance(service.Address!.ToString(), upstream.Address!.ToString()))
        .FirstOrDefault();

    private static bool Speaks(Service service, Protocol wanted) => service.Spoken is [] || service.Spoken.Contains(wanted);

    private static IEnumerable<Finding> ExamineProtocol(Upstream upstream, Service? service, ConfigurationSet set)
    {
        if (service is null || Speaks(service, upstream.Protocol))
            yield break;
        string cause =
            $"{upstream.Directive} speaks {upstream.Protocol.Name}, but {service.Command!.Name}, which {service.SuperServer} starts there "
                + $"({service.CommandPlace}), speaks {NamesOf(service)}";
        Service? right = set.KnownServices.FirstOrDefault(other => other.Address is not null
            && other.Command?.Target == service.Command.Target && other.Spoken is [var only] && only == upstream.Protocol
            && other.Address.Path is null == upstream.Address?.Path is null);
        if (right is not null && upstream.Address is not null)
        {
            yield return new Finding(Severity.Error, upstream.Place.ToString(),
                $"{cause}; {upstream.Protocol.Name} is spoken at {right.Address} ({right.Place})")
            {
                Fix = ConfigurationEdit.Replace(upstream.AddressPlace, upstream.Address.ToString(), right.Address!.ToString()),
                Advice = upstream.Then("connect there")
            };
            yield break;
        }
        if (service.Spoken is [var spoken] && upstream.CanSpeak.Contains(spoken) && upstream.Address is { } address && set.KnownUpstreams.Any(one =>
            one.Protocol == spoken && one.Place != upstream.Place && one.Address is { } target && address.Serves(target)))
        {
            yield return new Finding(Severity.Error, upstream.Place.ToString(), $"{cause}, as other directives do that lead there")
            {
                Fix = upstream.FixProtocol(spoken),
                Advice = upstream.Then($"let {upstream.Server} speak {spoken.Name} here too"),
            };
            yield break;
        }
        string other = upstream.Protocol.Program;
        yield return new Finding(Severity.Error, upstream.Place.ToString(), cause)
        {
            Fix = service.Command.IsGateway ? ChangeProgram(service, other) : null,
            Advice = service.Then($"start {other} there{OrSpeak(upstream, service, "")}")
        };
    }

    /// <summary>The other way to let both halves speak one protocol; nothing where the web server does not speak it.</summary>
    private static string OrSpeak(Upstream upstream, Service service, string where) =>
        service.Spoken.Any(protocol => upstream.CanSpeak.Contains(protocol)) ? $", or let {upstream.Server} speak {NamesOf(service)}{where}" : "";

    /// <summary>On inetd's lines the name stands twice: in the path, and as argv[0].</summary>
    private static LineEdit? ChangeProgram(Service service, string program)
    {
        string name = service.Command!.Name;
        return ConfigurationEdit.LineAt(service.CommandPlace) is { } line
            && Regex.Match(line, $@"/{name}(\s+{name})?(?=[\s""]|$)") is { Success: true } match
            ? ConfigurationEdit.Replace(service.CommandPlace, match.Value, match.Value.Replace(name, program, StringComparison.Ordinal))
            : null;
    }

    private static IEnumerable<Finding> ExamineKeeping(Upstream upstream, Service? service)
    {
        if (upstream.KeepsConnections && service is { StartsForEach: true })
            yield return new Finding(Severity.Warning, upstream.Place.ToString(),
                $"{upstream.Server} keeps connections, and {service.SuperServer} starts a process for each of them, which stays as long "
                    + $"({service.Place})")
            { Advice = "let one process answer all: wait instead of nowait, or Accept=no; or do not keep connections" };
    }

    private static string NamesOf(Service service) => string.Join(" and ", service.Spoken.Select(protocol => protocol.Name));

    /// <summary>The number of letters that differ (Levenshtein).</summary>
    internal static int Distance(string one, string other)
    {
        int[] row = [.. Enumerable.Range(0, other.Length + 1)];
        for (int i = 1; i <= one.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (one[i - 1] == other[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
