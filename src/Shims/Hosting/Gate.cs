namespace Shims.Hosting;

/// <summary>How a handler and the loop that serves it wait for each other.</summary>
internal abstract class Gate
{
    /// <summary>Whether the handler runs on the loop's own thread.</summary>
    internal abstract bool IsOnLoop { get; }

    /// <summary>The handler has something for the loop. Its lock may be held.</summary>
    internal abstract void Push(HandlerAnswer answer);

    /// <summary>The handler cannot go on until the loop has done something. Called with the answer's lock held, once.</summary>
    internal abstract void Wait(HandlerAnswer answer);

    /// <summary>The loop has done something. Called with the answer's lock held.</summary>
    internal abstract void Wake(HandlerAnswer answer);
}
