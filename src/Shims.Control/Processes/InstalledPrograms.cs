namespace Shims.Control.Processes;

/// <summary>Finds the other programs of this project: beside this one first, then on the PATH.</summary>
internal static class InstalledPrograms
{
    /// <summary>Finds a program by its name.</summary>
    /// <param name="name">For instance <c>scgi-run</c>.</param>
    /// <returns>Its full path; null if it is nowhere.</returns>
    internal static string? Find(string name)
    {
        IEnumerable<string> folders = [AppContext.BaseDirectory, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
