namespace Shims.Hosting;

/// <summary>A request whose code may run on the thread that has the event loop, which stands still meanwhile. See <see cref="HandlerScheduler"/>.</summary>
internal interface ILoopUser
{
    /// <summary>True if what is waited for is there, or is not awaited any more.</summary>
    bool HasCome(HandlerWait wait);
}
