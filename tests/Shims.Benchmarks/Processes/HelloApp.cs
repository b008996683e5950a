using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>inetd-examples/apps/minimal-api, an app of ASP.NET Core in ten lines, as a user compiles it to native code.</summary>
internal static class HelloApp
{
    /// <summary>Its page.</summary>
    public const string Page = "Hello Ada";

    /// <summary>Where that is.</summary>
    public const string Path = "/hello/Ada";

    public static string Program(Workshop workshop)
    {
        string path = Repository.PathTo("artifacts/publish/apps/minimal-api/minimal-api");
        return File.Exists(path) ? workshop.Stage(path) : throw new FileNotFoundException($"{path} has not been built: run make apps");
    }
}
