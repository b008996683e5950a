using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Variables of the environment that exist for tests and for shim-dotnet, not for users: see docs/internals/early-start.md.</summary>
internal static unsafe class Switches
{
    /// <summary>SHIMS_ORDINARY_PATH: the programs do nothing before the .NET runtime has started. May be asked before it has.</summary>
    internal static bool IsOrdinary => Libc.EnvironmentVariable("SHIMS_ORDINARY_PATH\0"u8) != null;

    /// <summary>SHIMS_NO_SPLICE, and a portable build: nothing is moved inside the kernel.</summary>
    internal static bool NoSplice => Platform.IsPortable || Libc.EnvironmentVariable("SHIMS_NO_SPLICE\0"u8) != null;

    /// <summary>SHIMS_TELL_PATH: a handler program writes its own path into the file that this names, and ends; null if it is not set. shim-dotnet asks so.</summary>
    internal static string? TellPath => Libc.EnvironmentText("SHIMS_TELL_PATH\0"u8);
}
