namespace Shims.Control.Serve;

/// <summary>Where a path of a URL leads.</summary>
/// <param name="Kind">To a script, a directory, or nothing.</param>
/// <param name="File">The script or directory, absolute; for nothing, the file that was looked for.</param>
internal sealed record Route(RouteKind Kind, string File)
{
    /// <summary>SCRIPT_NAME: the part of the path that leads to the script.</summary>
    internal string ScriptName { get; init; } = "";

    /// <summary>PATH_INFO: the rest.</summary>
    internal string PathInfo { get; init; } = "";
}
