namespace Shims.Control.Serve;

/// <summary>Finds what in a directory looks as if it were meant to be asked for.</summary>
/// <remarks>Only for the list: what can be asked for is decided by the shim, as in production. A folder of examples has programs in it that are no CGI scripts, and must not be offered as such.</remarks>
internal static class SiteScripts
{
    private const int MaxDepth = 4, MaxScripts = 500;

    private static readonly HashSet<string> s_extensions = [".cgi", ".pl", ".py", ".rb", ".php", ".sh", ".lua", ".tcl", ".cs"];

    /// <summary>Lists them, folder by folder.</summary>
    internal static IReadOnlyList<SiteScript> Find(string root, string below = "")
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = MaxDepth, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System };
        string folder = System.IO.Path.Join(root, below);
        return
        [
            .. Directory.EnumerateFiles(folder, "*", options)
                .Where(path => IsScript(path, folder))
                .Take(MaxScripts)
                .Select(path => (Path: path, Name: System.IO.Path.GetRelativePath(root, path)))
                .OrderBy(script => System.IO.Path.GetDirectoryName(script.Name), StringComparer.Ordinal)
                .ThenBy(script => script.Name, StringComparer.Ordinal)
                .Select(script => new SiteScript(script.Path, "/" + string.Join('/', script.Name.Split('/').Select(Uri.EscapeDataString)), script.Name)),
        ];
    }

    private static bool IsScript(string path, string folder)
    {
        string[] parts = System.IO.Path.GetRelativePath(folder, path).Split('/');
        if (parts.Any(part => part.StartsWith('.') || part is "obj" or "bin" or "node_modules" or "__pycache__"))
            return false;
        string extension = System.IO.Path.GetExtension(path);
        if (extension.Length > 0)
            return s_extensions.Contains(extension);
        return (parts.Length == 1 || parts[^2] == "cgi-bin") && File.Exists(path) && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0;
    }
}
