namespace Shims.Cgi;

/// <summary>The result of looking for the script of a request.</summary>
internal enum Resolution : byte
{
    /// <summary>There is a regular file that may be run as far as its place goes.</summary>
    Found,

    /// <summary>The request names no script at all.</summary>
    NotNamed,

    /// <summary>There is no such file.</summary>
    NotFound,

    /// <summary>A path of the request contains <c>..</c>, which a web server sends only for a client that tries an attack.</summary>
    ParentReference,

    /// <summary>The path is not under the directory that was given.</summary>
    Outside,

    /// <summary>A link leads out of the directory, and neither root nor the owner of what it leads to made it.</summary>
    LinkLeaves,

    /// <summary>The path ends at a directory.</summary>
    IsDirectory,

    /// <summary>The path ends at a device, socket or pipe.</summary>
    NotAFile,

    /// <summary>The path ends at a directory that an index file responds for, and the URL lacks the slash at its end.</summary>
    NeedsSlash,

    /// <summary>An interpreter is to run a file that the gateway's own user or every user may write, or its directory.</summary>
    IsWritable,

    /// <summary>An interpreter is to run a file that the gateway's user may not read.</summary>
    Unreadable,

    /// <summary>The request's memory is used up.</summary>
    TooLong,
}
