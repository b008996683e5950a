namespace Shims.Gateway.Serving;

/// <summary>The kinds of standard input, which decide how the program runs.</summary>
internal enum StandardInput : byte
{
    /// <summary>A connected stream socket: serve it, and end.</summary>
    Connection,

    /// <summary>A listening socket: serve what comes in.</summary>
    Listener,

    /// <summary>A pipe or file: one request is read from it.</summary>
    PipeOrFile,

    /// <summary>A terminal: a person wants to know how to start the program.</summary>
    Terminal,

    /// <summary>Nothing.</summary>
    Closed,
}
