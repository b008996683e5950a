using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Apache;

/// <summary>Faults of Apache's configuration as such.</summary>
internal static class ApacheChecks
{
    private static readonly string[] s_handlersThatExecute = ["cgi-script", "fcgid-script", "fastcgi-script"];

    internal static IEnumerable<Finding> Examine(ApacheConfiguration configuration) =>
        ExamineExecution(configuration).Concat(ExamineAccess(configuration)).Concat(ExamineModules(configuration))
            .Concat(ExamineAddresses(configuration));

    /// <summary>Handlers that start programs want ExecCGI for the directory, whatever else is said.</summary>
    private static IEnumerable<Finding> ExamineExecution(ApacheConfiguration configuration)
    {
        foreach (ApacheSection section
            in configuration.Sections.Where(section => section.Folder is not null && configuration.IsInScope(section.Directive)))
        {
            Directive? handler = section.Settings.LastOrDefault(directive => (directive.Is("SetHandler") || directive.Is("AddHandler"))
                && s_handlersThatExecute.Contains(directive.Argument));
            if (handler is null || MayExecute(configuration, section) || IsScriptAlias(configuration, section.Folder!))
                continue;
            Directive? options = section["Options"];
            yield return new Finding(Severity.Error, section.Place.ToString(),
                $"{handler.Name} {handler.Argument}, but Options ExecCGI is missing for {section.Folder}: 403 Forbidden")
            {
                Fix = options is null
                    ? ConfigurationEdit.InsertInto(section.Place, "Options +ExecCGI")
                    : ConfigurationEdit.Replace(options.Place, options.Text, WithExecution(options)),
                Advice = $"allow execution in this directory; then: {configuration.Reload}",
            };
        }
    }

    private static string WithExecution(Directive options)
    {
        bool isRelative = options.Arguments.All(argument => argument.Text[0] is '+' or '-');
        IEnumerable<string> others = options.Arguments.Select(argument => argument.Text)
            .Where(text => !text.TrimStart('+', '-').Equals("ExecCGI", StringComparison.OrdinalIgnoreCase)
                && !text.Equals("None", StringComparison.OrdinalIgnoreCase));
        return string.Join(' ', [.. others, isRelative ? "+ExecCGI" : "ExecCGI"]);
    }

    /// <summary>Options of the directory and those above it, in their order: plain ones replace, + and - add and take away.</summary>
    private static bool MayExecute(ApacheConfiguration configuration, ApacheSection section)
    {
        bool may = false;
        string folder = section.Folder!.TrimEnd('/') + "/";
        foreach (Directive options
            in configuration.Sections.Where(other => other.Folder is { } above
                && folder.StartsWith(above.TrimEnd('/') + "/", StringComparison.Ordinal))
                .OrderBy(other => other.Folder!.Length)
            .SelectMany(other => other.Settings).Where(directive => directive.Is("Options")))
        {
            string[] words = [.. options.Arguments.Select(argument => argument.Text.ToLowerInvariant())];
            if (words.Any(word => word[0] is not ('+' or '-')))
                may = words.Contains("execcgi");
            may = (may || words.Contains("+execcgi")) && !words.Contains("-execcgi");
        }
        return may;
    }

    private static bool IsScriptAlias(ApacheConfiguration configuration, string folder) =>
        configuration.Aliases.Any(alias => alias.Is("ScriptAlias") && alias.Arguments[1].Text.TrimEnd('/') == folder.TrimEnd('/'));

    /// <summary>A directory that nothing has opened stays closed, if the whole configuration is known.</summary>
    private static IEnumerable<Finding> ExamineAccess(ApacheConfiguration configuration)
    {
        foreach (ApacheSection section
            in configuration.Sections.Where(section => section.Folder is not null && configuration.IsInScope(section.Directive)
                && section.Settings.Any(directive => directive.Is("SetHandler"))))
        {
            string folder = section.Folder!.TrimEnd('/') + "/";
            Directive? last = configuration.Sections.Where(other => other.Folder is { } above
                && folder.StartsWith(above.TrimEnd('/') + "/", StringComparison.Ordinal))
                .OrderBy(other => other.Folder!.Length)
                .SelectMany(other => other.Settings).LastOrDefault(directive => directive.Is("Require"));
            if (last is null || !last.Text.Equals("all denied", StringComparison.OrdinalIgnoreCase))
                continue;
            yield return new Finding(Severity.Error, section.Place.ToString(),
                $"{section.Folder} is closed by \"Require all denied\" ({last.Place}): 403 Forbidden")
            {
                Fix = section["Require"] is { } own
                    ? ConfigurationEdit.Replace(own.Place, own.Text, "all granted")
                    : ConfigurationEdit.InsertInto(section.Place, "Require all granted"),
                Advice = $"open it; then: {configuration.Reload}",
            };
        }
    }

    private static IEnumerable<Finding> ExamineModules(ApacheConfiguration configuration)
    {
        if (configuration.LoadedModules.Count == 0)
            yield break;
        foreach (Upstream upstream in configuration.Upstreams)
        {
            string module = upstream.Own is not null ? "fcgid" : "proxy_" + upstream.Protocol.Scheme;
            if (!configuration.LoadedModules.Contains($"{module}_module"))
                yield return new Finding(Severity.Error, upstream.Place.ToString(),
                    $"{upstream.Directive} needs mod_{module}, which is not loaded: the browser gets a 500, or the script itself")
                {
                    Fix = Directory.Exists("/etc/apache2/mods-available") && configuration.Main == "/etc/apache2/apache2.conf"
                        ? ShellCommand.Of("a2enmod", module)
                        : null,
                    Advice = $"load it, then restart Apache: LoadModule {module}_module modules/mod_{module}.so",
                };
        }
    }

    /// <summary>A socket without what follows the bar, or the bar without its protocol, is taken for a name.</summary>
    private static IEnumerable<Finding> ExamineAddresses(ApacheConfiguration configuration)
    {
        foreach (Directive directive
            in configuration.Sections.SelectMany(section => section.Settings)
                .Where(directive => directive.Is("SetHandler") || directive.Is("ProxyPass")).Where(configuration.IsInScope))
        {
            Token? target = directive.Arguments.FirstOrDefault(argument => argument.Text.Contains("unix:", StringComparison.Ordinal)
                && !argument.Text.Contains("://", StringComparison.Ordinal));
            if (target is not null)
                yield return new Finding(Severity.Error, directive.Place.ToString(),
                    $"{target} does not say which protocol to speak at the socket")
                {
                    Fix = ConfigurationEdit.Replace(directive.Place, target.Text, $"{target.Text.Split('|')[0]}|fcgi://localhost"),
                    Advice = $"write |fcgi://localhost, |scgi://localhost, |uwsgi://localhost or |ajp://localhost behind the path; then: {configuration.Reload}",
                };
            if (directive.Is("SetHandler") && directive.Argument.StartsWith("unix:", StringComparison.Ordinal))
                yield return new Finding(Severity.Error, directive.Place.ToString(),
                    "SetHandler takes this for the name of a handler: proxy: is missing in front")
                {
                    Fix = ConfigurationEdit.Replace(directive.Place, directive.Argument, $"proxy:{directive.Argument}"),
                    Advice = $"write it; then: {configuration.Reload}",
                };
        }
    }
}
