namespace Shims.Cgi;

/// <summary>A script that was found, and how the request's path divides at it. The views last as long as the request's memory.</summary>
/// <remarks>Filled in and passed on where it is: copying as much as this at once would call the runtime.</remarks>
internal ref struct ScriptLocation
{
    /// <summary>The script's absolute path as the web server has it, which may know the target by another name.</summary>
    internal ReadOnlySpan<byte> Path;

    /// <summary>The same file by the target's own path, which is run. A NUL follows it in memory.</summary>
    internal ReadOnlySpan<byte> File;

    /// <summary>True if an interpreter of the options runs it, which opens SCRIPT_FILENAME.</summary>
    internal bool IsInterpreted;

    /// <summary>The same file in a directory that is held open, if another user could change where the path leads.</summary>
    internal HeldScript Held;

    /// <summary>SCRIPT_NAME: the part of the URL's path that names the script, decoded.</summary>
    internal ReadOnlySpan<byte> ScriptName;

    /// <summary>PATH_INFO: what follows it, decoded; empty, or beginning with a slash.</summary>
    internal ReadOnlySpan<byte> PathInfo;
}
