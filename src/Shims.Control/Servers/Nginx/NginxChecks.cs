using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Nginx;

/// <summary>Faults of a location of nginx as such.</summary>
internal static class NginxChecks
{
    internal static IEnumerable<Finding> Examine(NginxLocation location, Upstream upstream)
    {
        Directive[] parameters = [.. location.Parameters];
        if (location.Parameter("REQUEST_METHOD") is not null)
            return ExamineOrder(location, upstream).Concat(ExamineHost(location, upstream)).Concat(ExamineForeign(location, upstream))
                .Concat(ExamineTryFiles(location, upstream));
        Directive? foreign = ForeignInclude(location);
        string file = $"{location.Word}_params";
        string pass = location.Pass.Place.ToString();
        if (foreign is not null)
        {
            string right = foreign.Argument.Replace(Other(location), location.Word, StringComparison.Ordinal);
            var wrongInclude = new Finding(Severity.Error, foreign.Place.ToString(), $"{foreign.Argument} sets {Other(location)}_param, "
                + $"which has no effect beside {location.Pass.Name}: the program gets no variables of the request")
            {
                Fix = ConfigurationEdit.Replace(foreign.Place, foreign.Argument, right),
                Advice = UpstreamChecks.Then(upstream, $"include {file}"),
            };
            return [wrongInclude, .. ExamineForeign(location, upstream)];
        }
        // What a missing file would have set is not known, and that it is missing has been said.
        if (location.Block.Contents.Count() == location.Block.Block.Count
            && location.Block.Block.Any(directive => directive.IsInclude && directive.Block.Count == 0))
            return ExamineForeign(location, upstream);
        string where = parameters.Length > 0 ? $" where {parameters[0].Name} is set (levels do not add up)" : "";
        var missing = new Finding(Severity.Error, pass,
            $"{file} is not included{where}: the program gets no REQUEST_METHOD and no other variables of the request")
        {
            Fix = ConfigurationEdit.InsertAfter(location.Pass.Place, $"include {file};"),
            Advice = UpstreamChecks.Then(upstream, $"include {file} in this location"),
        };
        return [missing, .. ExamineForeign(location, upstream)];
    }

    /// <summary>Lines for the other protocol, of this file: included ones have been told as a whole.</summary>
    private static IEnumerable<Finding> ExamineForeign(NginxLocation location, Upstream upstream) =>
        location.Block.Block.Where(directive => directive.Is($"{Other(location)}_param"))
            .Select(directive => new Finding(Severity.Error, directive.Place.ToString(), $"{directive.Name} {directive.Argument} has no "
                + $"effect beside {location.Pass.Name}")
        { Fix = ConfigurationEdit.Replace(directive.Place, $"{Other(location)}_param", $"{location.Word}_param"),
            Advice = UpstreamChecks.Then(upstream, $"write {location.Word}_param") });

    /// <summary>Of two settings of one name the later one counts, so an include behind a line of one's own undoes it.</summary>
    private static IEnumerable<Finding> ExamineOrder(NginxLocation location, Upstream upstream)
    {
        Directive[] own = [.. location.Block.Block.Where(directive => directive.Is($"{location.Word}_param"))];
        foreach (Directive include in location.Block.Block.Where(directive => directive.IsInclude))
        {
            Directive[] undone =
                [.. own.Where(parameter => parameter.Place.File == include.Place.File && parameter.Place.Line < include.Place.Line
                && location.Parameter(parameter.Argument) is { } counts && counts.Text != parameter.Text && include.All.Contains(counts))];
            if (undone.Length == 0)
                continue;
            string names = string.Join(", ", undone.Select(parameter => parameter.Argument));
            yield return new Finding(Severity.Error, include.Place.ToString(),
                $"{include.Argument} is included behind the lines that set {names}, and sets {(undone.Length == 1 ? "it" : "them")} "
                    + "again: the later one counts")
            { Fix = ConfigurationEdit.MoveBefore(include.Place, own[0].Place),
                Advice = UpstreamChecks.Then(upstream, $"include {include.Argument} in front of all {location.Word}_param") };
        }
    }

    /// <summary>try_files sets the path anew, and with it what fastcgi_split_path_info has divided.</summary>
    private static IEnumerable<Finding> ExamineTryFiles(NginxLocation location, Upstream upstream)
    {
        Directive? tries = location.Block.Contents.FirstOrDefault(directive => directive.Is("try_files"));
        Token? info = location.Parameter("PATH_INFO")?.Arguments.ElementAtOrDefault(1);
        if (tries is null || info?.Text != "$fastcgi_path_info"
            || !location.Block.Contents.Any(directive => directive.Is("fastcgi_split_path_info")))
            yield break;
        yield return new Finding(Severity.Warning, tries.Place.ToString(),
            $"try_files empties $fastcgi_path_info: PATH_INFO will always be empty")
        {
            Fix = info.Place.File != tries.Place.File ? null
                : new LineEdit(info.Place.File, ConfigurationEdit.ReplaceAt(info.Place, "$fastcgi_path_info", "$path_info"),
                    ConfigurationEdit.InsertAt(tries.Place, "    set $path_info $fastcgi_path_info;")),
            Advice = UpstreamChecks.Then(upstream, "keep it in a variable before try_files: \"set $path_info $fastcgi_path_info;\""),
        };
    }

    /// <summary>
    /// Debian's files send the host without its port: with any port but the usual ones the pages' own links lead elsewhere.
    /// </summary>
    private static IEnumerable<Finding> ExamineHost(NginxLocation location, Upstream upstream)
    {
        if (location.Parameter("HTTP_HOST") is { Arguments: [_, { Text: "$host" }, ..] } host
            && location.Ports.FirstOrDefault(port => port is not (80 or 443)) is > 0 and var unusual)
        {
            // An included file is the distribution's, and its other users are none of this site's business.
            SourceLocation place = host.Place.File == location.Pass.Place.File ? host.Place : location.Pass.Place;
            string port = unusual.ToString(System.Globalization.CultureInfo.InvariantCulture);
            yield return new Finding(Severity.Warning, place.ToString(),
                $"HTTP_HOST is sent without the port, and the site is at port {port}: links and redirects that scripts make of it lead to "
                    + "port 80")
            {
                Advice = UpstreamChecks.Then(upstream,
                    $"write, after the include, \"{location.Word}_param HTTP_HOST $host:$server_port;\""),
            };
        }
    }

    /// <summary>A pass in another protocol to a socket where a gateway is known to listen.</summary>
    internal static IEnumerable<Finding> ExamineOtherPasses(IEnumerable<Directive> directives, ConfigurationSet set)
    {
        foreach (Directive pass in directives.Where(directive =>
            directive.Name is "proxy_pass" or "uwsgi_pass" && directive.Arguments.Count == 1))
        {
            const string scheme = "http://";
            string target = pass.Argument.StartsWith(scheme, StringComparison.Ordinal) ? pass.Argument[scheme.Length..] : pass.Argument;
            string address = target.StartsWith("unix:", StringComparison.Ordinal)
                ? $"unix:{target["unix:".Length..].Split(':')[0]}"
                : target.Split('/')[0];
            if (SocketAddress.Parse(address) is not { } socket || set.ServiceAt(socket) is not { Spoken: [var protocol] } service)
                continue;
            string right = $"{protocol.Word}_pass {address}", spoken = pass.Name == "proxy_pass" ? "HTTP" : "uwsgi";
            yield return new Finding(Severity.Error, pass.Place.ToString(),
                $"{pass.Name} speaks {spoken}, but {service.Command!.Name}, which {service.SuperServer} starts there "
                    + $"({service.CommandPlace}), speaks {protocol.Name}")
            {
                Fix = ConfigurationEdit.Replace(pass.Place, $"{pass.Name} {pass.Argument}", right),
                Advice = $"write {right}; and include {protocol.Word}_params;",
            };
        }
    }

    private static string Other(NginxLocation location) => location.Word == "scgi" ? "fastcgi" : "scgi";

    private static Directive? ForeignInclude(NginxLocation location) =>
        location.Block.Block.FirstOrDefault(directive => directive.IsInclude
            && directive.Contents.Any(inner => inner.Is($"{Other(location)}_param")));
}
