namespace Shims.ReadmeTests;

/// <summary>What a test needs from the machine. Where it is missing the test is skipped and says so; in CI it fails, because there nothing may be missing.</summary>
internal static class Requires
{
    internal static void Tools(params string[] names)
    {
        string[] missing = [.. names.Where(name => !Tool.Exists(name))];
        if (missing.Length == 0) return;
        string message = $"needs {string.Join(", ", missing)}: run scripts/install-prerequisites";
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", message);
        Assert.Skip(message);
    }
}
