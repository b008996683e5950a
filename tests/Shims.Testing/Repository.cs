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

    /// <summary>True for a run against the portable build: SHIMS_TEST_PORTABLE=1, as scripts/test-portable sets it.</summary>
    public static bool IsPortable { get; } = Environment.GetEnvironmentVariable("SHIMS_TEST_PORTABLE") == "1";

    /// <summary>A program in bin/, or of the portable build.</summary>
    /// <exception cref="FileNotFoundException">It has not been built; the message says how.</exception>
    public static string Program(string name)
    {
        bool isPortable = IsPortable && name is "scgi-run" or "fcgi-run" or "uwsgi-run" or "ajp-run";
        string path = PathTo(Path.Combine(isPortable ? "artifacts/portable/programs" : "bin", name));
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} has not been built: run make{(isPortable ? " portable" : "")}");
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Shims.sln")))
                return folder.FullName;
        throw new DirectoryNotFoundException($"no folder above {AppContext.BaseDirectory} holds Shims.sln");
    }
}
