using Xunit;

namespace Shims.Testing;

/// <summary>What a test needs from the machine. Where it is missing the test is skipped and says so; in CI it fails, because there nothing may be missing.</summary>
public static class Requires
{
    /// <summary>Programs of the distribution.</summary>
    public static void Tools(params string[] names)
    {
        string[] missing = [.. names.Where(name => !Tool.Exists(name))];
        That(missing.Length == 0, string.Join(", ", missing));
    }

    /// <summary>Anything else.</summary>
    public static void That(bool available, string what)
    {
        if (available)
            return;
        string message = $"needs {what}: run scripts/install-prerequisites";
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", message);
        Assert.Skip(message);
    }
}
