namespace Shims.Control.Doctor.Scripts;

/// <summary>Looks for the libraries of a native program where its loader will, and starts nothing for that. ld.so(8).</summary>
internal sealed class LibrarySearch(LoaderCache cache)
{
    private static readonly string[] s_usual = ["/lib", "/usr/lib", "/lib64", "/usr/lib64"];

    /// <summary>The libraries that are needed, by the program or by one of its libraries, and are not there.</summary>
    /// <param name="program">Absolute path.</param>
    internal IReadOnlyList<string> FindMissing(string program)
    {
        var missing = new List<string>();
        var seen = new HashSet<string>();
        var open = new Queue<string>([program]);
        while (open.TryDequeue(out string? path))
        {
            if (ElfFile.Read(path) is not { } file)
                continue;
            foreach (string name in file.Needed.Where(seen.Add))
            {
                if (Find(name, file, path) is { } found)
                    open.Enqueue(found);
                else
                    missing.Add(name);
            }
        }
        return missing;
    }

    private string? Find(string name, ElfFile user, string userPath)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return Fits(name, user) ? name : null;
        string origin = Path.GetDirectoryName(userPath)!;
        IEnumerable<string> own = user.SearchPath.Select(folder =>
            folder.Replace("${ORIGIN}", origin, StringComparison.Ordinal).Replace("$ORIGIN", origin, StringComparison.Ordinal));
        IEnumerable<string> candidates = [.. own.Select(folder => Path.Combine(folder, name)), .. cache.Find(name),
            .. UsualFolders(user.Loader).Select(folder => Path.Combine(folder, name))];
        return candidates.FirstOrDefault(candidate => Fits(candidate, user));
    }

    /// <summary>Beside the usual ones, those of multi-arch systems, and what musl's loader adds.</summary>
    private static IEnumerable<string> UsualFolders(string? loader)
    {
        IEnumerable<string> folders = [.. s_usual, .. s_usual.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateDirectories(folder, "*-linux-*"))];
        return loader?.Contains("ld-musl-", StringComparison.Ordinal) == true ? folders.Append("/usr/local/lib") : folders;
    }

    private static bool Fits(string path, ElfFile user) => File.Exists(path) && ElfFile.Read(path)?.FitsTo(user) == true;
}
