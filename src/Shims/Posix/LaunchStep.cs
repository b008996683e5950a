namespace Shims.Posix;

/// <summary>The steps between deciding to run a script and its first instruction, in their order.</summary>
internal enum LaunchStep : byte
{
    None,
    Fork,

    /// <summary>The system gives no descriptor for the process, by which its end could be seen.</summary>
    Watch,
    Directory,
    Descriptors,
    Limits,
    Exec,

    /// <summary>Line 1 asks env for something that is not there, which the kernel does not notice.</summary>
    FirstLine,
}
