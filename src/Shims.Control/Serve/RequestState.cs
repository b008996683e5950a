namespace Shims.Control.Serve;

/// <summary>How far a request is, or how it ended.</summary>
internal enum RequestState
{
    /// <summary>It is being answered.</summary>
    Running,

    /// <summary>The answer is complete.</summary>
    Done,

    /// <summary>The answer broke off, and the browser was shown that it did.</summary>
    Broken,

    /// <summary>The browser left before the answer was complete.</summary>
    Left,
}
