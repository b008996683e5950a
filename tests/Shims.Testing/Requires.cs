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

    /// <summary>Anything else that can be installed.</summary>
    public static void That(bool available, string what) => Need(available, $"needs {what}: run scripts/install-prerequisites");

    /// <summary>Something of the place where the tests run, which no package brings.</summary>
    public static void Place(bool isSuitable, string what) => Need(isSuitable, $"needs {what}");

    /// <summary>That users other than the tests' own can enter the checkout, as a server must that starts the programs in it as its own user.</summary>
    /// <param name="user">Who starts them.</param>
    public static void EntryFor(string user)
    {
        for (DirectoryInfo? folder = new(Repository.Root); folder is not null; folder = folder.Parent)
            Place(folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute), $"a checkout that {user} can enter: {folder.FullName} keeps it out; clone to another place, or chmod o+x {folder.FullName}");
    }

    private static void Need(bool available, string message)
    {
        if (available)
            return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", message);
        Assert.Skip(message);
    }
}
