using System.Runtime.InteropServices;

namespace Shims.Testing;

/// <summary>What to start, and with what: every super-server's way of starting a program can be said with it.</summary>
public sealed record Launch
{
    /// <summary>Absolute path of the executable.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments after argv[0], which is the last part of <see cref="Program"/>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Descriptor 0. Null: /dev/null. The caller keeps its own copy and closes it.</summary>
    public SafeHandle? Input { get; init; }

    /// <summary>Descriptor 1. Null: collected in <see cref="LaunchResult.Output"/>.</summary>
    public SafeHandle? Output { get; init; }

    /// <summary>Descriptor 2. Null: collected in <see cref="LaunchResult.Error"/>.</summary>
    public SafeHandle? Error { get; init; }

    /// <summary>Descriptors from 3 on, as with LISTEN_FDS.</summary>
    public IReadOnlyList<SafeHandle> Further { get; init; } = [];

    /// <summary>The whole environment, as NAME=VALUE bytes. Default: PATH only.</summary>
    public IReadOnlyList<byte[]> Environment { get; init; } = ["PATH=/usr/local/bin:/usr/bin:/bin"u8.ToArray()];

    /// <summary>Working directory of the program. Null: the test's own.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Start with the test's own signal dispositions instead of the default ones. The .NET runtime ignores SIGPIPE, so this
    /// shows whether a program hands an ignored signal on to its scripts.
    /// </summary>
    public bool InheritSignals { get; init; }

    /// <summary>Add strings to the environment.</summary>
    public Launch WithEnvironment(params IEnumerable<string> variables) =>
        this with { Environment = [.. Environment, .. variables.Select(System.Text.Encoding.UTF8.GetBytes)] };
}
