namespace Shims.Control.Serve;

/// <summary>The kinds of routes.</summary>
internal enum RouteKind
{
    /// <summary>A script or an app.</summary>
    Script,

    /// <summary>A directory of scripts.</summary>
    Directory,

    /// <summary>Nothing. The shim is started for it too, because its error page says why.</summary>
    Nothing,
}
