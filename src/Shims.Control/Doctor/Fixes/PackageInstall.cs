using System.Text.RegularExpressions;

namespace Shims.Control.Doctor.Fixes;

/// <summary>The installation of a package of the distribution.</summary>
/// <param name="Package">Its name.</param>
internal sealed partial record PackageInstall(string Package) : Fix
{
    /// <summary>True if the lists of packages have to be fetched first.</summary>
    internal bool FetchesLists { get; init; }

    internal override string Words => $"install the package {Package}";

    /// <summary>True if that can be the name of a package. Debian policy, section 5.6.7.</summary>
    internal static bool IsName(string name) => Name().IsMatch(name);

    internal override ShellCommand? ToCommand(FixScope scope, out string? reason)
    {
        reason = IsName(Package) ? null : "that is not the name of a package";
        if (reason is not null)
            return null;
        // It asks nothing: it may run where no person can respond.
        ShellCommand? install = ShellCommand.Of("apt-get", "install", "-y", "--", Package);
        return FetchesLists ? ShellCommand.Both(ShellCommand.Of("apt-get", "update"), install) : install;
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9+.-]+\z")]
    private static partial Regex Name();
}
