namespace Shims.Benchmarks.Processes;

/// <summary>The script of the rows that measure a gateway and nothing else: a static program without a C library, which writes its page and ends.</summary>
internal static class StaticHello
{
    /// <summary>Part of its page.</summary>
    public const string Text = "Hello from a CGI program";

    public static string Compile(Workshop workshop) => workshop.CompileWithoutLibrary("hello.c");
}
