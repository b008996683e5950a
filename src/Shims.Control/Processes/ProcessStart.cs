namespace Shims.Control.Processes;

/// <summary>A program to start as inetd does, with a connection as descriptors 0 and 1.</summary>
/// <param name="Path">The absolute path of the program.</param>
/// <param name="Words">argv[0] and the arguments.</param>
internal sealed record ProcessStart(string Path, IReadOnlyList<string> Words)
{
    /// <summary>Its environment, NAME=VALUE.</summary>
    internal required IReadOnlyList<byte[]> Environment { get; init; }

    /// <summary>Its working directory.</summary>
    internal required string Directory { get; init; }

    /// <summary>Its descriptors 0 and 1. The caller closes this descriptor afterwards.</summary>
    internal required int Connection { get; init; }

    /// <summary>Its descriptor 2. The caller closes this descriptor afterwards.</summary>
    internal required int Error { get; init; }

    /// <summary>Whether it leads a process group of its own, which Ctrl-C at the terminal does not signal.</summary>
    internal bool LeadsGroup { get; init; }
}
