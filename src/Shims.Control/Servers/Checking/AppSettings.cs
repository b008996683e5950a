using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Apps;

namespace Shims.Control.Servers.Checking;

/// <summary>What an app of ASP.NET Core is told by its files, its variables and its arguments, the last of which win.</summary>
internal sealed class AppSettings
{
    /// <summary>Of the variables, those of the host: https://learn.microsoft.com/aspnet/core/fundamentals/host/web-host.</summary>
    private static readonly string[] s_prefixes = ["ASPNETCORE_", "DOTNET_", ""];

    private static readonly string[] s_addresses = ["urls", "http_ports", "https_ports"];

    private readonly Service _service;
    private readonly PublishedApp _app;
    private readonly SettingsFile _file;
    private readonly IReadOnlyList<string> _arguments;

    internal AppSettings(Service service, ProgramCommand command, PublishedApp app)
    {
        (_service, _app, _arguments) = (service, app, command.Inner.Arguments);
        _file = app.SettingsOf((Variable("ASPNETCORE_ENVIRONMENT") ?? Variable("DOTNET_ENVIRONMENT"))?.Value ?? PublishedApp.Production);
    }

    /// <summary>A setting; null if there is none.</summary>
    internal Setting? this[string name] => OfHost(name) ?? _file[name];

    /// <summary>Addresses that the app is told to listen at, although it gets its socket.</summary>
    internal IEnumerable<Finding> ExamineAddresses()
    {
        foreach (Setting setting in s_addresses.Select(name => this[name]).OfType<Setting>())
            yield return new Finding(Severity.Warning, setting.Place.ToString(),
                $"{setting.Name} tells {_app.Program} to listen at {setting.Value}, but it gets its socket from {_service.SuperServer}: nothing listens there")
            { Fix = Removal(setting), Advice = Then(setting, $"take {setting.Name} out: the web server connects to {_service.Address}") };
        foreach (Setting setting in _file.All("Kestrel:Endpoints").Where(static setting => setting.Name.EndsWith(":Url", StringComparison.OrdinalIgnoreCase)))
            yield return new Finding(Severity.Warning, setting.Place.ToString(),
                $"{setting.Name} tells {_app.Program} to listen at {setting.Value}, but it gets its socket from {_service.SuperServer}: nothing listens there")
            { Advice = $"take {setting.Name} out: the web server connects to {_service.Address}" };
    }

    /// <summary>A content root that is the whole machine: what a start in / leads to where somebody has said it once more.</summary>
    internal IEnumerable<Finding> ExamineContentRoot()
    {
        if (OfHost("contentRoot") is { } setting && setting.Value.Length > 0 && setting.Value.Trim('/').Length == 0)
            yield return new Finding(Severity.Error, setting.Place.ToString(),
                $"the content root of {_app.Program} is /: its settings and pages are looked for there, and each directory of the machine is watched")
            { Fix = Change(setting, _app.Folder), Advice = Then(setting, $"take {setting.Name} out, or write {_app.Folder}") };
    }

    /// <summary>A setting of the arguments or variables, which are all that a host reads before its files.</summary>
    private Setting? OfHost(string name) => Argument(name)
        ?? s_prefixes.Select(prefix => Variable(prefix + name.Replace(":", "__", StringComparison.Ordinal))).FirstOrDefault(static found => found is not null);

    private string Then(Setting setting, string advice) => setting.Place.File.EndsWith(".json", StringComparison.Ordinal) ? advice : _service.Then(advice);

    private Setting? Variable(string name) =>
        _service.Variables.LastOrDefault(variable => variable.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found
            ? new Setting(found.Name, found.Value, found.Place) : null;

    /// <summary>An argument as the command line's configuration reads it: --name value, --name=value, /name value, name=value.</summary>
    private Setting? Argument(string name)
    {
        for (int i = _arguments.Count - 1; i >= 0; i--)
        {
            string word = _arguments[i];
            string key = word.Split('=')[0], plain = key.TrimStart('-', '/');
            if (!plain.Equals(name, StringComparison.OrdinalIgnoreCase))
                continue;
            if (word.Length > key.Length)
                return new Setting(key, word[(key.Length + 1)..], _service.CommandPlace);
            if (key.Length > plain.Length && i + 1 < _arguments.Count)
                return new Setting(key, _arguments[i + 1], _service.CommandPlace);
        }
        return null;
    }

    /// <summary>The edit that takes a setting out of the super-server's configuration; null if it stands with others.</summary>
    private static LineEdit? Removal(Setting setting)
    {
        string line = ConfigurationEdit.LineAt(setting.Place)?.Trim() ?? "";
        if (line == $"Environment={setting.Name}={setting.Value}" || line == $"Environment=\"{setting.Name}={setting.Value}\"")
            return new LineEdit(setting.Place.File, new LineChange(LineChangeKind.Delete, setting.Place.Line));
        return setting.Name.StartsWith('-')
            ? ConfigurationEdit.Replace(setting.Place, $" {setting.Name} {setting.Value}", "") ?? ConfigurationEdit.Replace(setting.Place, $" {setting.Name}={setting.Value}", "")
            : null;
    }

    /// <summary>The edit that changes a value, where the name before it tells it from others.</summary>
    private static LineEdit? Change(Setting setting, string value)
    {
        string line = ConfigurationEdit.LineAt(setting.Place) ?? "";
        string[] forms = [$"{setting.Name}={setting.Value}", $"{setting.Name} {setting.Value}"];
        return forms.FirstOrDefault(form => line.EndsWith(form, StringComparison.Ordinal) || line.Contains(form + " ", StringComparison.Ordinal) || line.Contains(form + "\"", StringComparison.Ordinal)) is { } found
            ? ConfigurationEdit.Replace(setting.Place, found, found[..^setting.Value.Length] + value)
            : null;
    }
}
