namespace Shims.Posix;

/// <summary>What this build of the library is for.</summary>
internal static class Platform
{
    /// <summary>True for the build that uses only what .NET has on every system.</summary>
    internal static bool IsPortable => true;
}
