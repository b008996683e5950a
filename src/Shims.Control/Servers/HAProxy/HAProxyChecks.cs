using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.HAProxy;

/// <summary>Faults of a backend of HAProxy with several servers: requests that are lost, and those that may run twice.</summary>
internal static class HAProxyChecks
{
    /// <summary>Reasons to send a request again that no script has seen.</summary>
    private static readonly string[] s_unseen = ["none", "conn-failure", "0rtt-rejected", "425"];

    private static readonly string[] s_refusals = ["deny", "reject", "tarpit", "return", "silent-drop"];

    internal static IEnumerable<Finding> Examine(IReadOnlyList<Directive> sections, ShellCommand? reload)
    {
        string then = reload is null ? "" : $"; then: {reload}";
        foreach (Directive backend in sections.Where(static section => section.Is("backend") || section.Is("listen")))
        {
            // Only its servers speak FastCGI.
            if (backend.Block.FirstOrDefault(static line => line.Is("use-fcgi-app")) is not { } app)
                continue;
            Directive? defaults = DefaultsOf(sections, backend);
            foreach (Finding finding in ExamineRedispatch(backend, defaults, app, then).Concat(ExamineRetries(sections, backend, defaults, app, then)))
                yield return finding;
        }
    }

    private static IEnumerable<Finding> ExamineRedispatch(Directive backend, Directive? defaults, Directive app, string then)
    {
        Directive[] servers = [.. backend.Block.Where(static line => line.Is("server") || line.Is("server-template"))];
        int count = servers.Count(static line => line.Is("server"));
        if ((count < 2 && servers.Length == count) || (IsOn(backend, "redispatch") ?? (defaults is null ? null : IsOn(defaults, "redispatch"))) == true)
            yield break;
        Directive? off = backend.Block.LastOrDefault(static line => line.Is("no") && IsOption(line.Text, "redispatch"));
        string share = servers.Length == count ? $"one of {count}" : "a share of the";
        bool isChecked = servers.Concat(backend.Block.Concat(defaults?.Block ?? []).Where(static line => line.Is("default-server")))
            .Any(static line => line.Arguments.Any(static word => word.Text == "check"));
        yield return new Finding(Severity.Warning, backend.Place.ToString(),
            $"the backend {backend.Argument} has several servers and not option redispatch: a connection that a server does not take is tried there again, "
                + $"so that a dead server costs {share} requests{(isChecked ? " until its health check fails" : ", for as long as it is dead")}")
        {
            Fix = off is null ? ConfigurationEdit.InsertAfter(app.Place, "option redispatch 1") : ConfigurationEdit.Replace(off.Place, $"no {off.Text}", "option redispatch 1"),
            Advice = $"write option redispatch 1: another server is tried at once{then}",
        };
    }

    private static IEnumerable<Finding> ExamineRetries(IReadOnlyList<Directive> sections, Directive backend, Directive? defaults, Directive app, string then)
    {
        Directive? own = backend.Block.LastOrDefault(static line => line.Is("retry-on"));
        if ((own ?? defaults?.Block.LastOrDefault(static line => line.Is("retry-on"))) is not { } retry)
            yield break;
        string[] seen = [.. retry.Arguments.Select(static word => word.Text).Except(s_unseen)];
        Directive[] ways = [backend, .. sections.Where(section => section.Block.Any(line =>
            (line.Is("use_backend") || line.Is("default_backend")) && line.Argument == backend.Argument))];
        Directive[] rules = [.. ways.SelectMany(static section => section.Block).Where(static line => line.Is("http-request"))];
        if (seen.Length == 0 || Array.Exists(rules, static rule => rule.Argument == "disable-l7-retry" || RefusesPost(rule))
            || (backend.Block.LastOrDefault(static line => line.Is("retries")) ?? defaults?.Block.LastOrDefault(static line => line.Is("retries")))?.Argument == "0")
            yield break;
        const string rule = "http-request disable-l7-retry if METH_POST";
        yield return new Finding(Severity.Warning, retry.Place.ToString(),
            $"retry-on {string.Join(' ', seen)} sends a request again that a script may have begun: a POST may run twice")
        {
            Fix = ConfigurationEdit.InsertAfter((own ?? app).Place, rule),
            Advice = $"write {rule}, into the backend {backend.Argument}{then}",
        };
    }

    /// <summary>True if a rule refuses requests by their method.</summary>
    private static bool RefusesPost(Directive rule) => s_refusals.Contains(rule.Argument)
        && rule.Arguments.Any(static word => word.Text.TrimStart('!') is "METH_POST" or "METH_GET" or "method");

    /// <summary>The section whose settings a backend has where it says nothing itself: the one that it names, else the last before it.</summary>
    private static Directive? DefaultsOf(IReadOnlyList<Directive> sections, Directive backend)
    {
        Directive[] before = [.. sections.TakeWhile(section => !ReferenceEquals(section, backend)).Where(static section => section.Is("defaults"))];
        return backend.Arguments is [_, { Text: "from" }, var name, ..]
            ? before.LastOrDefault(section => section.Argument == name.Text)
            : before.LastOrDefault();
    }

    /// <summary>Whether a section sets an option or takes it away; null if it says nothing.</summary>
    private static bool? IsOn(Directive section, string option) =>
        section.Block.LastOrDefault(line => (line.Is("option") && line.Argument == option) || (line.Is("no") && IsOption(line.Text, option)))?.Is("option");

    private static bool IsOption(string text, string option) => text.StartsWith($"option {option}", StringComparison.Ordinal);
}
