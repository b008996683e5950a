namespace Shims.Gateway.Requests;

/// <summary>The way in which a script is connected to the web server: <c>--mode</c>.</summary>
internal enum RunMode : byte
{
    /// <summary>As the request and the other options need.</summary>
    Auto,

    /// <summary>The script replaces the shim.</summary>
    Exec,

    /// <summary>The script writes to the connection itself, and the shim waits beside it.</summary>
    Supervise,

    /// <summary>All bytes go through the shim.</summary>
    Relay,
}
