namespace Shims.Testing;

/// <summary>Where things are in the checkout that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds Shims.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The native scgi-run, as make builds it.</summary>
    public static string ScgiRun => Program("scgi-run");

    /// <summary>The native fcgi-run, as make builds it.</summary>
    public static string FcgiRun => Program("fcgi-run");

    /// <summary>A path inside the checkout.</summary>
    public static string PathTo(string relative) => Path.Combine(Root, relative);

    /// <summary>A program in bin/.</summary>
    /// <exception cref="FileNotFoundException">It has not been built; the message says how.</exception>
    public static string Program(string name)
    {
        string path = PathTo(Path.Combine("bin", name));
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} has not been built: run make");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Shims.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Shims.sln");
    }
}
