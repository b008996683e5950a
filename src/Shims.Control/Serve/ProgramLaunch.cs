namespace Shims.Control.Serve;

/// <summary>The program to start for a request.</summary>
/// <param name="Path">The absolute path of the program.</param>
/// <param name="Arguments">Its arguments, without argv[0].</param>
internal sealed record ProgramLaunch(string Path, IReadOnlyList<string> Arguments)
{
    /// <summary>Variables to add to the inherited environment, NAME=VALUE.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>Whether it is a gateway, which executes the script or supervises it.</summary>
    internal bool IsShim { get; init; }

    /// <summary>argv[0] and the arguments, as in inetd.conf.</summary>
    internal IReadOnlyList<string> Words => [System.IO.Path.GetFileName(Path), .. Arguments];
}
