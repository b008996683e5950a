namespace Shims.Control.Serve;

/// <summary>What is started for a request.</summary>
/// <param name="Path">The program, absolute.</param>
/// <param name="Arguments">Its arguments, its own name not among them.</param>
internal sealed record ProgramLaunch(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables on top of those of this process: NAME=VALUE.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Whether it is scgi-run or fcgi-run, which may become the script or stay beside it.</summary>
    internal bool IsShim { get; init; }

    /// <summary>argv[0] and what follows, as it would stand in inetd.conf.</summary>
    internal IReadOnlyList<string> Words => [System.IO.Path.GetFileName(Path), .. Arguments];
}
