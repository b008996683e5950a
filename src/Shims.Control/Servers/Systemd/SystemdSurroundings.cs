using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Systemd;

/// <summary>The variables that a service unit sets, and what it keeps its program from. systemd.exec(5).</summary>
internal static class SystemdSurroundings
{
    /// <summary>Folders that ProtectHome= hides.</summary>
    private static readonly string[] s_homes = ["/home/", "/root/", "/run/user/"];

    /// <summary>The variables of Environment= and EnvironmentFile=, which wins, and those of env(1).</summary>
    internal static IReadOnlyList<ServiceVariable> VariablesOf(SystemdUnit? service) => service is null ? [] :
    [
        .. service.All("Environment").SelectMany(static setting => QuotedWords.Split(setting.Value).Select(word => ServiceVariable.Parse(word, setting.Place))),
        .. service.All("EnvironmentFile").SelectMany(static setting => OfFile(setting.Value.TrimStart('-'))),
        .. service["ExecStart"] is { } start ? ProgramCommand.Parse(start.Value).Variables.Select(word => ServiceVariable.Parse(word, start.Place)) : [],
    ];

    internal static ServiceSandbox SandboxOf(SystemdUnit socket, SystemdUnit? service)
    {
        if (service is null)
            return new ServiceSandbox();
        UnitSetting? noNewCode = service.IsOn("MemoryDenyWriteExecute") ? service["MemoryDenyWriteExecute"] : null;
        string name = Path.GetFileNameWithoutExtension(socket.Path);
        return new ServiceSandbox
        {
            HasStateFolder = service["StateDirectory"] is not null,
            MakeStateFolder = () => ConfigurationEdit.InsertAfter(service.PlaceOfSection("Service"), $"StateDirectory={name}"),
            Closes = folder => Closes(service, folder + "/"),
            NoNewCode = noNewCode?.Place,
            AllowNewCode = () => noNewCode is null ? null : ConfigurationEdit.Replace(noNewCode.Place, noNewCode.Value, "no"),
        };
    }

    private static bool Closes(SystemdUnit service, string folder)
    {
        if (service.All("ReadWritePaths").SelectMany(static setting => QuotedWords.Split(setting.Value))
            .Any(path => folder.StartsWith(path.TrimStart('-', '+').TrimEnd('/') + "/", StringComparison.Ordinal)))
            return false;
        bool isHome = Array.Exists(s_homes, home => folder.StartsWith(home, StringComparison.Ordinal));
        return service["ProtectSystem"]?.Value == "strict"
            || (isHome && service["ProtectHome"]?.Value is { } home && home is not ("no" or "false" or "0" or "off"));
    }

    private static IEnumerable<ServiceVariable> OfFile(string file) => ConfigurationFile.ReadLines(file)
        .Select((line, index) => (Text: line.Trim(), Place: new SourceLocation(file, index + 1)))
        .Where(static line => line.Text is not ("" or ['#' or ';', ..]) && line.Text.Contains('='))
        .Select(static line => ServiceVariable.Parse(line.Text.Replace("\"", "", StringComparison.Ordinal), line.Place));
}
