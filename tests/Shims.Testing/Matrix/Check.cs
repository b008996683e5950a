namespace Shims.Testing.Matrix;

/// <summary>A column of the matrix: one thing that a page must be able to do behind every web server.</summary>
public enum Check
{
    /// <summary>An ordinary page: 200, its headers, its text.</summary>
    Page,

    /// <summary>QUERY_STRING as the browser sent it, byte for byte.</summary>
    Query,

    /// <summary>PATH_INFO with a space, UTF-8 and %2F.</summary>
    PathInfo,

    /// <summary>The variables of CGI/1.1 are all there and say the same as behind every other server.</summary>
    Environment,

    /// <summary>HEAD: the head of the page, and not a byte of its body.</summary>
    Head,

    /// <summary>304, 404 and 418 come through.</summary>
    Statuses,

    /// <summary>POST with an empty body: CONTENT_LENGTH is 0.</summary>
    PostNothing,

    /// <summary>POST of one byte.</summary>
    PostByte,

    /// <summary>POST of 1 MiB to a script that sends each piece back as it comes.</summary>
    PostMegabyte,

    /// <summary>POST of 20 MiB to a script that answers before it reads.</summary>
    PostLarge,

    /// <summary>POST without a length (chunked): the script gets the true one.</summary>
    Chunked,

    /// <summary>A page of 50 MiB.</summary>
    Download,

    /// <summary>8 browsers, 50 requests each, and each gets its own answer.</summary>
    Concurrent,

    /// <summary>The browser leaves while the script writes: no script is left after 5 seconds.</summary>
    LeftWhileWriting,

    /// <summary>The browser leaves while the script is silent: no script is left after 5 seconds.</summary>
    LeftWhileSilent,

    /// <summary>A script refuses an upload of 20 MiB with 413, without reading it, and the browser gets that 413.</summary>
    EarlyRefusal,

    /// <summary>A script is killed after its head and five bytes: the browser sees that the page broke off.</summary>
    BrokenOff,

    /// <summary>The same where the script has said how long the page is.</summary>
    BrokenOffWithLength,

    /// <summary>A script runs out of time (--timeout) after its head and five bytes: the browser sees that the page broke off.</summary>
    OutOfTime,
}
