using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;
using Shims.Gateway.Connections;
using Shims.Uwsgi;

namespace Shims.Control.Servers.Nginx;

/// <summary>Faults of a location of nginx as such.</summary>
internal static class NginxChecks
{
    internal static IEnumerable<Finding> Examine(NginxLocation location, Upstream upstream)
    {
        if (location.Parameter("REQUEST_METHOD") is not null)
            return ExamineOrder(location, upstream).Concat(ExamineHost(location, upstream)).Concat(ExamineForeign(location, upstream))
                .Concat(ExamineTryFiles(location, upstream));
        bool hasForeignInclude = location.Block.Block.Any(directive => location.OtherWords.Any(word => IsIncludeOf(word, directive)));
        // What a missing file would have set is not known, and that it is missing has been said.
        bool lacksFile = location.Block.Contents.Count() == location.Block.Block.Count
            && location.Block.Block.Any(directive => directive.IsInclude && directive.Block.Count == 0);
        if (hasForeignInclude || lacksFile)
            return ExamineForeign(location, upstream);
        string file = $"{location.Word}_params";
        string where = location.Parameters is [var first, ..] ? $" where {first.Name} is set (levels do not add up)" : "";
        var missing = new Finding(Severity.Error, location.Pass.Place.ToString(),
            $"{file} is not included{where}: the program gets no REQUEST_METHOD and no other variables of the request")
        {
            Fix = ConfigurationEdit.InsertAfter(location.Pass.Place, $"include {file};"),
            Advice = upstream.Then($"include {file} in this location"),
        };
        return [missing, .. ExamineForeign(location, upstream)];
    }

    /// <summary>A pass in the wrong protocol, where parameters and program agree on the other one: one line to change.</summary>
    /// <returns>Null if that is not so.</returns>
    internal static Finding? ExamineWrongPass(NginxLocation location, Upstream upstream, Service? service)
    {
        if (location.Parameters.Count > 0 || service?.Spoken is not [var spoken] || !location.OtherWords.Contains(spoken.Word)
            || !location.Block.Block.Any(directive => directive.Is($"{spoken.Word}_param") || IsIncludeOf(spoken.Word, directive)))
            return null;
        string right = $"{spoken.Word}_pass";
        return new Finding(Severity.Error, location.Pass.Place.ToString(),
            $"{location.Pass.Name} speaks {upstream.Protocol.Name}, but the parameters of this location are for {spoken.Name}, "
                + $"which {service.Command!.Name} speaks there ({service.CommandPlace})")
        {
            Fix = ConfigurationEdit.Replace(location.Pass.Place, location.Pass.Name, right),
            Advice = upstream.Then($"write {right}"),
        };
    }

    /// <summary>Parameters for another protocol, included or not, as one finding: it is one slip.</summary>
    private static IEnumerable<Finding> ExamineForeign(NginxLocation location, Upstream upstream) =>
        location.OtherWords.SelectMany(other => ExamineForeign(location, upstream, other));

    private static IEnumerable<Finding> ExamineForeign(NginxLocation location, Upstream upstream, string other)
    {
        string wrong = $"{other}_param", right = $"{location.Word}_param";
        Directive[] lines = [.. location.Block.Block.Where(directive => directive.Is(wrong) || IsIncludeOf(other, directive))];
        if (lines.Length == 0)
            yield break;
        string lost = location.Parameter("REQUEST_METHOD") is null ? ": the program gets no variables of the request" : "";
        LineChange[] changes =
        [
            .. lines.Select(line => line.IsInclude
                ? ConfigurationEdit.ReplaceAt(line.Place, line.Argument,
                    line.Argument.Replace(other, location.Word, StringComparison.Ordinal))
                : ConfigurationEdit.ReplaceAt(line.Place, wrong, right)),
        ];
        bool canChange = lines.Zip(changes).All(pair => pair.First.Place.File == location.Pass.Place.File
            && ConfigurationEdit.LineAt(pair.First.Place)?.Contains(pair.Second.Old, StringComparison.Ordinal) == true);
        yield return new Finding(Severity.Error, lines[0].Place.ToString(),
            $"{wrong} has no effect beside {location.Pass.Name} ({string.Join(", ", lines.Select(line => line.Argument))}){lost}")
        {
            Fix = canChange ? new LineEdit(location.Pass.Place.File, changes) : null,
            Advice = upstream.Then($"write {right}, and include {location.Word}_params"),
        };
    }

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
            {
                Fix = ConfigurationEdit.MoveBefore(include.Place, own[0].Place),
                Advice = upstream.Then($"include {include.Argument} in front of all {location.Word}_param")
            };
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
            Advice = upstream.Then("keep it in a variable before try_files: \"set $path_info $fastcgi_path_info;\""),
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
                Advice = upstream.Then(
                    $"write, after the include, \"{location.Word}_param HTTP_HOST $host:$server_port;\""),
            };
        }
    }

    /// <summary>A pass in another protocol to a socket where a gateway is known to listen.</summary>
    internal static IEnumerable<Finding> ExamineOtherPasses(IEnumerable<Directive> directives, ConfigurationSet set)
    {
        foreach (Directive pass in directives.Where(directive =>
            directive.Name is "proxy_pass" && directive.Arguments.Count == 1))
        {
            const string scheme = "http://";
            string target = pass.Argument.StartsWith(scheme, StringComparison.Ordinal) ? pass.Argument[scheme.Length..] : pass.Argument;
            string address = target.StartsWith("unix:", StringComparison.Ordinal)
                ? $"unix:{target["unix:".Length..].Split(':')[0]}"
                : target.Split('/')[0];
            if (SocketAddress.Parse(address) is not { } socket || set.ServiceAt(socket) is not { Spoken: [var protocol] } service
                || pass.Name == protocol.Word + "_pass")
                continue;
            if (protocol == Protocols.Ajp13)
            {
                yield return new Finding(Severity.Error, pass.Place.ToString(),
                    $"{pass.Name} speaks HTTP, but {service.Command!.Name}, which {service.SuperServer} starts there ({service.CommandPlace}), "
                        + "speaks AJP13, which nginx does not")
                { Advice = service.Then("start fcgi-run there; and write fastcgi_pass, and include fastcgi_params;") };
                continue;
            }
            string right = $"{protocol.Word}_pass {address}";
            yield return new Finding(Severity.Error, pass.Place.ToString(),
                $"{pass.Name} speaks HTTP, but {service.Command!.Name}, which {service.SuperServer} starts there "
                    + $"({service.CommandPlace}), speaks {protocol.Name}")
            {
                Fix = ConfigurationEdit.Replace(pass.Place, $"{pass.Name} {pass.Argument}", right),
                Advice = $"write {right}; and include {protocol.Word}_params;",
            };
        }
    }

    /// <summary>Orders to uWSGI, of which uwsgi-run obeys none.</summary>
    internal static IEnumerable<Finding> ExamineOrders(NginxLocation location, Upstream upstream, Service? service)
    {
        if (service is not { Command.IsGateway: true } || upstream.Protocol != Protocols.Uwsgi || !service.Spoken.Contains(Protocols.Uwsgi))
            yield break;
        Directive? modifier = location.Block.Contents.LastOrDefault(static directive => directive.Is("uwsgi_modifier1"));
        if (modifier is not null && !(byte.TryParse(modifier.Argument, out byte number) && UwsgiHeader.IsRequest(number)))
            yield return new Finding(Severity.Error, modifier.Place.ToString(),
                $"uwsgi_modifier1 {modifier.Argument} is an order to uWSGI, and not a request: {service.Command.Name} answers 400")
            {
                Fix = ConfigurationEdit.Replace(modifier.Place, modifier.Text, "0"),
                Advice = upstream.Then("write 0, or leave the line out"),
            };
        string[] names = [.. location.Parameters.Select(static parameter => parameter.Argument)
            .Where(static name => name.StartsWith("UWSGI_", StringComparison.Ordinal)).Distinct()];
        if (names.Length > 0)
            yield return new Finding(Severity.Warning, location.Pass.Place.ToString(),
                $"{string.Join(", ", names)} {(names.Length == 1 ? "is a setting" : "are settings")} of uWSGI, which {service.Command.Name} neither obeys nor passes on")
            { Advice = upstream.Then("leave it out; TARGET and --mount of uwsgi-run say which script runs") };
    }

    /// <summary>A POST that is sent to another server when its script may have begun.</summary>
    /// <param name="location">The location.</param>
    /// <param name="upstream">Its way.</param>
    /// <param name="servers">The servers of its group: of one alone nothing is asked twice.</param>
    internal static IEnumerable<Finding> ExamineRetries(NginxLocation location, Upstream upstream, IEnumerable<Directive> servers)
    {
        const string word = "non_idempotent";
        if (location.NextServer is not { } next || next.Arguments.FirstOrDefault(static argument => argument.Text == word) is not { } token || servers.Count() < 2
            || location.Block.Contents.Any(static directive => directive.Is("limit_except") && !directive.Arguments.Any(static method => method.Text == "POST")))
            yield break;
        yield return new Finding(Severity.Warning, token.Place.ToString(),
            $"{next.Name} {word} sends a POST again that a script may have begun: it may run twice")
        {
            Fix = next.Arguments.Count == 1 ? ConfigurationEdit.Replace(token.Place, word, "error timeout") : ConfigurationEdit.Replace(token.Place, $" {word}", ""),
            Advice = upstream.Then($"leave {word} only where every script may run twice, such as a search"),
        };
    }

    private static bool IsIncludeOf(string word, Directive directive) =>
        directive.IsInclude && directive.Contents.Any(inner => inner.Is($"{word}_param"));
}
