using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Systemd;

/// <summary>A unit of systemd, with what its drop-ins add.</summary>
/// <param name="Path">The unit's own file.</param>
/// <param name="Settings">In the order in which systemd reads them.</param>
internal sealed record SystemdUnit(string Path, IReadOnlyList<UnitSetting> Settings)
{
    /// <summary>For instance <c>scgi-run.socket</c>.</summary>
    internal string Name => System.IO.Path.GetFileName(Path);

    /// <summary>A setting; of several the last, unless that takes all before it back with an empty value. Null if it is not set.</summary>
    internal UnitSetting? this[string name] => All(name) is [.., var last] ? last : null;

    /// <summary>The settings, in order; an empty value takes all before it back. systemd.syntax(7).</summary>
    internal IReadOnlyList<UnitSetting> All(string name)
    {
        var settings = new List<UnitSetting>();
        foreach (UnitSetting setting in Settings.Where(setting => setting.Name == name))
        {
            if (setting.Value.Length == 0)
                settings.Clear();
            else
                settings.Add(setting);
        }
        return settings;
    }

    /// <summary>True if a switch is on. systemd.syntax(7) has several words for it.</summary>
    internal bool IsOn(string name) => this[name]?.Value.ToLowerInvariant() is "1" or "yes" or "y" or "true" or "t" or "on";

    /// <summary>The line of a section; the unit's first line if it has none of that name.</summary>
    internal SourceLocation PlaceOfSection(string section) =>
        Settings.FirstOrDefault(setting => setting.Section == section && setting.Name.Length == 0)?.Place ?? new SourceLocation(Path, 1);
}

/// <summary><c>Name=value</c> in a unit of systemd.</summary>
internal sealed record UnitSetting(string Section, string Name, string Value, SourceLocation Place);
