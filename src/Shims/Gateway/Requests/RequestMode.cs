namespace Shims.Gateway.Requests;

/// <summary>The way in which a request was answered, for those who count.</summary>
internal enum RequestMode : byte
{
    /// <summary>By a page of the program's own: no script or handler was started for it.</summary>
    None,

    /// <summary>By a script that wrote to the connection itself. The status of its response is not known.</summary>
    Supervise,

    /// <summary>By a script whose output went through the shim.</summary>
    Relay,

    /// <summary>By a handler, or an app.</summary>
    Handler,
}
