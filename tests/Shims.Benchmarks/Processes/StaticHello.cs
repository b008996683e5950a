namespace Shims.Benchmarks.Processes;

/// <summary>The script of the whole-process rows: a static C program, so that as little as possible of the time is the script's.</summary>
internal static class StaticHello
{
    /// <summary>Part of its page.</summary>
    public const string Text = "Hello from a CGI program";

    public static string Compile(Workshop workshop) => workshop.Compile("hello.c", "-static");
}
