namespace Shims.Testing;

/// <summary>A systemd unit file: [Section], NAME=VALUE, comments. systemd.syntax(7), without line continuation.</summary>
public sealed class UnitFile
{
    private readonly List<(string Section, string Name, string Value)> _settings = [];

    /// <summary>Reads a unit file.</summary>
    /// <exception cref="InvalidDataException">A line is none of what the syntax allows.</exception>
    public static UnitFile Parse(IEnumerable<string> lines)
    {
        var file = new UnitFile();
        string section = "";
        foreach (string line in lines.Where(line => line.Length > 0 && line[0] is not '#' and not ';'))
        {
            if (line.StartsWith('[') && line.EndsWith(']'))
                section = line[1..^1];
            else if (line.Split('=', 2) is [var name, var value] && section.Length > 0)
                file._settings.Add((section, name.Trim(), value.Trim()));
            else
                throw new InvalidDataException($"not a line of a unit file: {line}");
        }
        return file;
    }

    /// <summary>The value of a setting that may appear once.</summary>
    /// <exception cref="InvalidDataException">It does not appear, or more than once.</exception>
    public string this[string section, string name] => Values(section, name) is [var value] ? value : throw new InvalidDataException($"{name}= does not appear once in [{section}]");

    /// <summary>The values of a setting.</summary>
    public IReadOnlyList<string> Values(string section, string name) =>
        [.. _settings.Where(setting => setting.Section == section && setting.Name == name).Select(setting => setting.Value)];
}
