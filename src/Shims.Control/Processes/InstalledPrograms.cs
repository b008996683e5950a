namespace Shims.Control.Processes;

/// <summary>Finds programs: beside this one first, then on the PATH.</summary>
internal static class InstalledPrograms
{
    /// <summary>Finds a program by its name.</summary>
    /// <param name="name">For instance <c>scgi-run</c>.</param>
    /// <returns>Its full path; null if it is not found.</returns>
    internal static string? Find(string name)
    {
        string[] path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
        IEnumerable<string> folders = [AppContext.BaseDirectory, .. path];
        return folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
    }
}
