using System.Text;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Systemd;

/// <summary>Reads a unit of systemd and its drop-ins. systemd.syntax(7).</summary>
internal static class SystemdReader
{
    /// <summary>Reads a unit and what lies in NAME.d beside it.</summary>
    internal static SystemdUnit Read(string path) => new(path,
    [
        .. Parse(ConfigurationFile.TryRead(path) ?? "", path),
        .. IncludePattern.Find($"{path}.d/*.conf").SelectMany(file => Parse(ConfigurationFile.TryRead(file) ?? "", file)),
    ]);

    /// <summary>Reads what stands in one file. A section's own line is a setting without a name.</summary>
    internal static IReadOnlyList<UnitSetting> Parse(string text, string path)
    {
        var settings = new List<UnitSetting>();
        var whole = new StringBuilder();
        string section = "";
        int number = 0, first = 0;
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            number++;
            ReadOnlySpan<char> line = raw.Trim();
            // A comment may stand between two lines of one setting.
            if (line is [] or ['#' or ';', ..])
                continue;
            if (whole.Length == 0)
                first = number;
            whole.Append(line is [.., '\\'] ? line[..^1] : line);
            if (line is [.., '\\'])
            {
                whole.Append(' ');
                continue;
            }
            Finish();
        }
        Finish();
        return settings;

        void Finish()
        {
            string line = whole.ToString().Trim();
            whole.Clear();
            var place = new SourceLocation(path, first);
            if (line is ['[', .. var named, ']'])
                settings.Add(new UnitSetting(section = named, "", "", place));
            else if (line.IndexOf('=') is > 0 and var sign)
                settings.Add(new UnitSetting(section, line[..sign].Trim(), line[(sign + 1)..].Trim(), place));
        }
    }
}
