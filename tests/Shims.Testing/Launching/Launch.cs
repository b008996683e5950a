using System.Runtime.InteropServices;
using System.Text;

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

    /// <summary>The whole environment, as NAME=VALUE bytes. Default: PATH, and the run's own TMPDIR.</summary>
    public IReadOnlyList<byte[]> Environment { get; init; } = ["PATH=/usr/local/bin:/usr/bin:/bin"u8.ToArray(), TestRun.Variable];

    /// <summary>Working directory of the program. Null: the test's own.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Start with the test's own signal dispositions instead of the default ones. The .NET runtime ignores SIGPIPE, so this
    /// shows whether a program hands an ignored signal on to its scripts.
    /// </summary>
    public bool InheritSignals { get; init; }

    /// <summary>Add strings to the environment, in the place of those that set the same variables.</summary>
    public Launch WithEnvironment(params IEnumerable<string> variables)
    {
        string[] added = [.. variables];
        return this with
        {
            Environment = [.. Environment.Where(kept => !added.Any(variable => Name(variable) == Name(Encoding.UTF8.GetString(kept)))), .. added.Select(Encoding.UTF8.GetBytes)],
        };
    }

    private static string Name(string variable) => variable.Split('=')[0];
}
