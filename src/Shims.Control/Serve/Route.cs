namespace Shims.Control.Serve;

/// <summary>The script or directory to which the path of a URL leads.</summary>
/// <param name="Kind">A script, a directory, or nothing.</param>
/// <param name="File">Its absolute path; for nothing, the path that does not exist.</param>
internal sealed record Route(RouteKind Kind, string File)
{
    /// <summary>SCRIPT_NAME: the part of the path that leads to the script.</summary>
    internal string ScriptName { get; init; } = "";

    /// <summary>PATH_INFO: the rest.</summary>
    internal string PathInfo { get; init; } = "";
}
