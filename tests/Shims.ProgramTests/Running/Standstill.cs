namespace Shims.ProgramTests;

/// <summary>A point at which a web server, or a script, does not go on, though the other side waits for it.</summary>
public enum Standstill
{
    /// <summary>A connection on which nothing comes.</summary>
    NothingSent,

    /// <summary>A part of a header; over FastCGI a part of the first record.</summary>
    HalfHeader,

    /// <summary>FastCGI: BEGIN_REQUEST, and a part of PARAMS.</summary>
    HalfParams,

    /// <summary>FastCGI: a management record, and nothing after it.</summary>
    ManagementRecordOnly,

    /// <summary>A part of a small body.</summary>
    HalfBody,

    /// <summary>A part of a body that is too large to be awaited before the script starts.</summary>
    HalfLargeBody,

    /// <summary>FastCGI: a body of unknown length that does not end.</summary>
    EndlessBody,

    /// <summary>An answer larger than all buffers, of which the web server takes nothing.</summary>
    NothingTaken,

    /// <summary>An answer that the script could write to its end, but of which the web server takes nothing.</summary>
    NothingTakenAfterTheEnd,

    /// <summary>A script that ends neither by itself nor by SIGTERM.</summary>
    DeafScript,

    /// <summary>FastCGI: a connection that was kept after its request.</summary>
    KeptConnection,
}
