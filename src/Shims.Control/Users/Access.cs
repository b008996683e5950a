namespace Shims.Control.Users;

/// <summary>Kinds of access to a file; the values are those of one digit of its mode.</summary>
[Flags]
internal enum Access
{
    /// <summary>Nothing but to know that it is there.</summary>
    None = 0,

    /// <summary>Run it; of a directory: go through it.</summary>
    Execute = 1,

    /// <summary>Write it; connect to it, if it is a socket.</summary>
    Write = 2,

    /// <summary>Read it.</summary>
    Read = 4,
}
