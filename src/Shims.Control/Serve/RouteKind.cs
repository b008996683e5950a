namespace Shims.Control.Serve;

/// <summary>What a path of a URL leads to.</summary>
internal enum RouteKind
{
    /// <summary>Something that is to be run.</summary>
    Script,

    /// <summary>A directory of scripts.</summary>
    Directory,

    /// <summary>Nothing. The shim is asked all the same, because it says why.</summary>
    Nothing,
}
