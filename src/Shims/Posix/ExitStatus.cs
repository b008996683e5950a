namespace Shims.Posix;

/// <summary>The end of a process: the status word of wait(2).</summary>
internal readonly record struct ExitStatus(int Raw)
{
    private const int NotTold = -1;

    /// <summary>Of a process that has ended, and the system does not tell how: it was not ours to collect.</summary>
    internal static ExitStatus Unknown => new(NotTold);

    /// <summary>Of a process of which only the exit status has been told, 0 to 255.</summary>
    internal static ExitStatus OfCode(int code) => new((code & 0xff) << 8);

    internal bool IsUnknown => Raw == NotTold;

    /// <summary>The signal that ended the process, or 0 if it exited.</summary>
    internal int Signal => IsUnknown ? 0 : Raw & 0x7f;

    internal bool IsCoreDumped => !IsUnknown && (Raw & 0x80) != 0;

    /// <summary>The exit status, or, as shells have it, 128 and the signal. 255 if it is not known.</summary>
    internal int Code => Signal == 0 ? (Raw >> 8) & 0xff : 128 + Signal;
}
