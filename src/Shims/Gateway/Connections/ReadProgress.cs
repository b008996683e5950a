namespace Shims.Gateway.Connections;

/// <summary>The progress of reading a part of a request.</summary>
internal enum ReadProgress : byte
{
    /// <summary>More of it is to come.</summary>
    Incomplete,

    /// <summary>All of it is there.</summary>
    Complete,

    /// <summary>The peer has ended its sending before the end of it.</summary>
    Ended,

    /// <summary>It cannot be read.</summary>
    Unacceptable,
}
