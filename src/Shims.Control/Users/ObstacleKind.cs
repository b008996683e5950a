namespace Shims.Control.Users;

/// <summary>The reason why a path leads a user nowhere.</summary>
internal enum ObstacleKind
{
    /// <summary>There is nothing of that name.</summary>
    Absent,

    /// <summary>A component on the way is not a directory.</summary>
    NotADirectory,

    /// <summary>Links lead round in a circle.</summary>
    EndlessLinks,

    /// <summary>The mode forbids it.</summary>
    Forbidden,
}
