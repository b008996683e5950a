namespace Shims.Testing;

/// <summary>An ordinary program that a test runs to its end: git, awstats.pl, make.</summary>
public static class Command
{
    /// <summary>Runs a program and returns what it wrote to standard output.</summary>
    /// <param name="program">A name on the PATH, or a path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">NAME=VALUE, added to PATH.</param>
    /// <exception cref="InvalidOperationException">It failed; the message holds what it wrote to standard error.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? folder = null, IEnumerable<string>? environment = null)
    {
        LaunchResult result = await Launcher.RunAsync(new Launch
        {
            Program = Tool.PathOf(program),
            Arguments = [.. arguments],
            Folder = folder,
        }.WithEnvironment(environment ?? []));
        return result.ExitCode == 0
            ? result.OutputText
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed ({result.ExitCode}, signal {result.Signal}):\n{result.ErrorText}{result.OutputText}");
    }
}
