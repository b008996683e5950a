namespace Shims.Testing;

/// <summary>Programs of the distribution that a test needs.</summary>
public static class Tool
{
    // Servers are in sbin, which the PATH of an ordinary user leaves out.
    private static readonly string[] s_folders =
        [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/git-core"];

    /// <summary>The absolute path of a program, or null. A name with a slash is taken as a path.</summary>
    public static string? Find(string name) => name.Contains('/', StringComparison.Ordinal)
        ? (File.Exists(name) ? name : null)
        : s_folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    public static bool Exists(string name) => Find(name) is not null;

    /// <summary>The absolute path of a program.</summary>
    /// <exception cref="FileNotFoundException">It is not installed; the message says how to get it.</exception>
    public static string PathOf(string name) =>
        Find(name) ?? throw new FileNotFoundException($"{name} is not installed: run scripts/install-prerequisites");
}
