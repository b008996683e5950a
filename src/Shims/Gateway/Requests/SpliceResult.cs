namespace Shims.Gateway.Requests;

/// <summary>The result of moving a script's output to the connection inside the kernel.</summary>
internal enum SpliceResult : byte
{
    /// <summary>Something was moved; there may be more.</summary>
    Moved,

    /// <summary>The connection takes nothing for now; the pipe may not be read until it does.</summary>
    ConnectionFull,

    /// <summary>The pipe has to be read instead: it is empty, has ended, or holds too little.</summary>
    ReadInstead,
}
