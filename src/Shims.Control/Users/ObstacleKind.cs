namespace Shims.Control.Users;

/// <summary>Why a path leads nowhere for somebody.</summary>
internal enum ObstacleKind
{
    /// <summary>There is nothing of that name.</summary>
    Absent,

    /// <summary>A component on the way is no directory.</summary>
    NotADirectory,

    /// <summary>Links lead round in a circle.</summary>
    EndlessLinks,

    /// <summary>The mode forbids it.</summary>
    Forbidden,
}
