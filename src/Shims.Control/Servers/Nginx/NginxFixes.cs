using Shims.Control.Doctor.Fixes;
using Shims.Control.Servers.Checking;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Nginx;

/// <summary>Changes that mend a location of nginx.</summary>
internal static class NginxFixes
{
    /// <summary>Sets SCRIPT_FILENAME so that a path leads to a file.</summary>
    internal static (LineEdit? Fix, string? Line) ScriptFile(NginxLocation location, string path, string file)
    {
        if (location.ProposeScriptFile(path, file) is not { } value)
            return (null, null);
        string line = $"{location.Word}_param SCRIPT_FILENAME {value};";
        if (location.Parameter("SCRIPT_FILENAME") is { Arguments: [_, var old, ..] } parameter
            && parameter.Place.File == location.Pass.Place.File)
            return (ConfigurationEdit.Replace(old.Place, old.Text, value), line);
        // Behind all others, as the last one counts.
        SourceLocation last = location.Block.Block.Where(directive => directive.IsInclude || directive.Is($"{location.Word}_param"))
            .Select(directive => directive.Place).LastOrDefault(place => place.File == location.Pass.Place.File)
            ?? location.Pass.Place;
        return (ConfigurationEdit.InsertAfter(last, line), line);
    }

    /// <summary>Directives of FastCGI that SCGI has not.</summary>
    private static readonly string[] s_onlyFastCgi =
        ["fastcgi_index", "fastcgi_split_path_info", "fastcgi_keep_conn", "fastcgi_catch_stderr"];

    /// <summary>Lets a location speak another protocol: its pass, its parameters and the file of them that it includes.</summary>
    /// <returns>Null if a directive has no counterpart, or if the parameters stand elsewhere.</returns>
    internal static LineEdit? Protocol(NginxLocation location, string word)
    {
        string old = $"{location.Word}_";
        Directive[] lines = [.. location.Block.Block.Where(directive => directive.Name.StartsWith(old, StringComparison.Ordinal)
            || (directive.IsInclude && directive.Argument.Contains(old, StringComparison.Ordinal)))];
        bool hasParameters = lines.Any(line => line.IsInclude || line.Is($"{old}param"));
        if (word == location.Word || !hasParameters || !lines.Contains(location.Pass)
            || lines.Any(line => s_onlyFastCgi.Contains(line.Name) || line.Place.File != location.Pass.Place.File))
            return null;
        LineChange[] changes = [.. lines.Select(line => line.IsInclude
            ? ConfigurationEdit.ReplaceAt(line.Place, line.Argument, line.Argument.Replace(old, $"{word}_", StringComparison.Ordinal))
            : ConfigurationEdit.ReplaceAt(line.Place, line.Name, word + line.Name[location.Word.Length..]))];
        return lines.Zip(changes).All(pair =>
            ConfigurationEdit.LineAt(pair.First.Place)?.Contains(pair.Second.Old, StringComparison.Ordinal) == true)
            ? new LineEdit(location.Pass.Place.File, changes)
            : null;
    }

    /// <summary>Makes a location of a prefix one that ends where a component of the path ends, and divides the path there.</summary>
    internal static LineEdit? Mount(NginxLocation location)
    {
        string mount = location.Pattern.Path.TrimEnd('/');
        if (!location.Pattern.IsPrefix || mount.Length == 0 || location.Block.Place.File != location.Pass.Place.File)
            return null;
        if (ConfigurationEdit.LineAt(location.Block.Place) is not { } line
            || line.IndexOf($"location {location.Block.Text}", StringComparison.Ordinal) < 0)
            return null;
        SourceLocation last = location.Block.Block.Select(directive => directive.Place)
            .Last(place => place.File == location.Pass.Place.File);
        // What is written after the line of a location that ends there is not in the location.
        if (ConfigurationEdit.LineAt(last)?.Contains('}') != false)
            return null;
        LineChange change = ConfigurationEdit.ReplaceAt(location.Block.Place, $"location {location.Block.Text}",
            $"location ~ ^{System.Text.RegularExpressions.Regex.Escape(mount)}(?<path_info>/.*)?$");
        return new LineEdit(last.File, change, ConfigurationEdit.AppendAt(last, $"{location.Word}_param SCRIPT_NAME {mount};"),
            ConfigurationEdit.AppendAt(last, $"{location.Word}_param PATH_INFO $path_info;"));
    }
}
