namespace Shims.Posix;

/// <summary>How a process ended: the status word of wait(2).</summary>
internal readonly record struct ExitStatus(int Raw)
{
    /// <summary>The signal that ended the process, or 0 if it exited.</summary>
    internal int Signal => Raw & 0x7f;

    internal bool IsCoreDumped => (Raw & 0x80) != 0;

    /// <summary>The exit code, or, as shells have it, 128 and the signal.</summary>
    internal int Code => Signal == 0 ? (Raw >> 8) & 0xff : 128 + Signal;
}
