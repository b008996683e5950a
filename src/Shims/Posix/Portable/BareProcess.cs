namespace Shims.Posix;

/// <summary>Nothing runs before the .NET runtime in a portable build.</summary>
internal static class BareProcess
{
    internal static bool IsBare => false;
}
