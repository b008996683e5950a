using Shims.Control.Doctor.Fixes;
using Shims.Control.Users;

namespace Shims.Control.Doctor.Scripts;

/// <summary>The packages of Debian and its descendants that have a program.</summary>
internal static class DebianPackages
{
    private static readonly Dictionary<string, string> s_packages = new()
    {
        ["perl"] = "perl",
        ["python3"] = "python3",
        ["python2"] = "python2",
        ["php"] = "php-cli",
        ["php-cgi"] = "php-cgi",
        ["ruby"] = "ruby",
        ["bash"] = "bash",
        ["dash"] = "dash",
        ["zsh"] = "zsh",
        ["ksh"] = "ksh",
        ["fish"] = "fish",
        ["node"] = "nodejs",
        ["tclsh"] = "tcl",
        ["lua"] = "lua5.4",
        ["gawk"] = "gawk",
        ["Rscript"] = "r-base-core",
        ["guile"] = "guile-3.0",
        ["dotnet"] = "dotnet-sdk-10.0",
    };

    /// <summary>Whether this machine installs packages that way.</summary>
    internal static bool AreUsed { get; } = File.Exists("/usr/bin/apt-get");

    /// <summary>The installation of a program.</summary>
    /// <returns>Null where packages are installed otherwise, or the program is not known.</returns>
    internal static PackageInstall? FixFor(string program) =>
        AreUsed && s_packages.TryGetValue(program, out string? package) ? new PackageInstall(package) : null;

    /// <summary>The installation of the first of these packages that there is.</summary>
    /// <param name="packages">Names that may come from what a script wrote: what cannot be the name of a package is passed over.</param>
    /// <param name="mayGuess">Whether to take the first one where that cannot be known.</param>
    /// <returns>Null if there is none of them.</returns>
    internal static PackageInstall? FixForFirst(IEnumerable<string> packages, bool mayGuess = true)
    {
        if (!AreUsed)
            return null;
        string[] names = [.. packages.Where(PackageInstall.IsName)];
        // A machine without lists, such as a container's, cannot be asked; then the usual name is as good as any.
        bool hasLists = Directory.Exists("/var/lib/apt/lists") && Directory.EnumerateFiles("/var/lib/apt/lists", "*_Packages*").Any();
        return hasLists
            ? names.FirstOrDefault(IsKnown) is { } known ? new PackageInstall(known) : null
            : mayGuess && names is [var usual, ..] ? new PackageInstall(usual) { FetchesLists = true } : null;
    }

    private static bool IsKnown(string package) =>
        UserCommand.Run(UserAccount.Current, ["/usr/bin/apt-cache", "show", "--no-all-versions", "--", package], "/usr/bin:/bin",
            "/") is { ExitCode: 0, Output.Length: > 0 };
}
