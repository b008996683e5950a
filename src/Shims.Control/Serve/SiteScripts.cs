using Shims.Control.Doctor;

namespace Shims.Control.Serve;

/// <summary>Finds the files of a directory that look like scripts for the web.</summary>
/// <remarks>Only for the list of scripts. The shim decides which files can be run, as in production. A directory may hold programs that are
/// not CGI scripts, and must not be listed.</remarks>
internal static class SiteScripts
{
    private const int MaxDepth = 4, MaxScripts = 500;

    private static readonly HashSet<string> s_extensions = [".cgi", ".pl", ".py", ".rb", ".php", ".sh", ".lua", ".tcl", ".cs"];

    /// <summary>Lists the scripts, directory by directory.</summary>
    /// <param name="root">The directory that is served.</param>
    /// <param name="below">A directory in it.</param>
    /// <param name="further">Extensions that have an interpreter.</param>
    internal static IReadOnlyList<SiteScript> Find(string root, string below = "", IReadOnlyCollection<string>? further = null)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = MaxDepth,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.System,
        };
        string folder = System.IO.Path.Join(root, below);
        return
        [
            .. Directory.EnumerateFiles(folder, "*", options)
                .Where(path => IsScript(path, folder, further ?? []))
                .Take(MaxScripts)
                .Select(path => (Path: path, Name: System.IO.Path.GetRelativePath(root, path)))
                .OrderBy(script => System.IO.Path.GetDirectoryName(script.Name), StringComparer.Ordinal)
                .ThenBy(script => script.Name, StringComparer.Ordinal)
                .Select(script => new SiteScript(script.Path, UrlOf(script.Name), script.Name)),
        ];
    }

    private static string UrlOf(string name) => "/" + string.Join('/', name.Split('/').Select(Uri.EscapeDataString));

    private static bool IsScript(string path, string folder, IReadOnlyCollection<string> further)
    {
        string[] parts = System.IO.Path.GetRelativePath(folder, path).Split('/');
        if (parts.Any(part => part.StartsWith('.') || part is "obj" or "bin" or "node_modules" or "__pycache__"))
            return false;
        string extension = System.IO.Path.GetExtension(path);
        if (extension.Length > 0)
            return s_extensions.Contains(extension) || further.Contains(extension);
        return (parts.Length == 1 || parts[^2] == "cgi-bin") && RegularFile.IsExecutableAt(path);
    }
}
