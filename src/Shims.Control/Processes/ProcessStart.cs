namespace Shims.Control.Processes;

/// <summary>A program that is to be started with a connection as its descriptors 0 and 1, as inetd does it.</summary>
/// <param name="Path">The file, absolute.</param>
/// <param name="Words">Its name for itself, and its arguments.</param>
internal sealed record ProcessStart(string Path, IReadOnlyList<string> Words)
{
    /// <summary>NAME=VALUE.</summary>
    internal required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>Its working directory.</summary>
    internal required string Directory { get; init; }

    /// <summary>What becomes its descriptors 0 and 1. It stays the caller's, who closes it afterwards.</summary>
    internal required int Connection { get; init; }

    /// <summary>What becomes its descriptor 2, likewise.</summary>
    internal required int Error { get; init; }

    /// <summary>Whether it leads a process group of its own, which a ctrl-C at the terminal does not reach.</summary>
    internal bool LeadsGroup { get; init; }
}
