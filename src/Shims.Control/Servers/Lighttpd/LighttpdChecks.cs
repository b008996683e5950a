using Shims.Control.Doctor;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>Faults of lighttpd's configuration as such.</summary>
internal static class LighttpdChecks
{
    internal static IEnumerable<Finding> Examine(LighttpdConfiguration configuration) =>
        configuration.Backends.SelectMany(backend => Examine(configuration, backend));

    private static IEnumerable<Finding> Examine(LighttpdConfiguration configuration, LighttpdBackend backend)
    {
        string then = $"; then: {configuration.Reload}";
        if (configuration.HasModule($"mod_{backend.Word}") == false)
            yield return new Finding(Severity.Error, backend.Place.ToString(),
                $"{backend.Word}.server needs mod_{backend.Word}, which is not loaded: the setting is ignored, and the browser gets a 404 "
                    + "or the script itself")
            { Advice = $"write: server.modules += ( \"mod_{backend.Word}\" ){then}" };
        if (backend.Word == "ajp13" && backend.Key.Length > 0)
            yield return new Finding(Severity.Error, backend.Place.ToString(),
                $"with the key \"{backend.Key}\" mod_ajp13 sends that alone, and not the rest of the path: no script is found")
            {
                Fix = ConfigurationEdit.Replace(backend.Place, $"\"{backend.Key}\" =>", "\"\" =>"),
                Advice = $"write the key \"\", and the path as a condition around it: $HTTP[\"url\"] =~ \"^{backend.Key}\"{then}",
            };
        else if (backend.Settings["check-local"]?.Text is null or "enable" && backend.Key.StartsWith('/') && !IsThere(configuration, backend))
            yield return new Finding(Severity.Error, (backend.Settings["check-local"]?.Place ?? backend.Place).ToString(),
                "lighttpd itself looks for a file of that name, and there is no "
                    + $"{configuration.DocumentRoot(backend)?.TrimEnd('/')}{backend.Key}: 404 Not Found")
            {
                Fix = backend.Settings["check-local"] is { } check
                    ? ConfigurationEdit.Replace(check.Place, "\"enable\"", "\"disable\"")
                    : ConfigurationEdit.InsertAfter(backend.Place, "    \"check-local\" => \"disable\","),
                Advice = $"write \"check-local\" => \"disable\"{then}",
            };
        if (backend.Settings["bin-path"] is null && backend.Settings["socket"] is null && backend.Settings["port"] is null)
            yield return new Finding(Severity.Error, backend.Place.ToString(), "it says neither where to connect nor what to start")
            { Advice = $"write \"socket\" => \"/run/shims/scgi.sock\"{then}" };
    }

    /// <summary>True if the folder or file that the key means is where lighttpd looks for it; unknown counts as there.</summary>
    private static bool IsThere(LighttpdConfiguration configuration, LighttpdBackend backend) =>
        configuration.DocumentRoot(backend) is not { } root || Path.Exists(root.TrimEnd('/') + backend.Key);
}
