namespace Shims.Benchmarks.Processes;

/// <summary>What a timed process finds on descriptor 0, and where its clock stops.</summary>
internal enum Descriptors
{
    /// <summary>A connected socket, also on 1. The clock stops when the process is gone.</summary>
    Connected,

    /// <summary>A listening socket on which a connection waits. The clock stops at the end of the reply.</summary>
    Listening,
}
