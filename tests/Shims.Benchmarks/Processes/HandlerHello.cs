using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>inetd-examples/apps/hello.cs, as a user compiles it to native code.</summary>
internal static class HandlerHello
{
    /// <summary>Its page.</summary>
    public const string Page = "Hello, world!\n";

    public static string Program(Workshop workshop)
    {
        string path = Repository.PathTo("artifacts/publish/apps/hello/hello");
        return File.Exists(path) ? workshop.Stage(path) : throw new FileNotFoundException($"{path} has not been built: run make apps");
    }
}
