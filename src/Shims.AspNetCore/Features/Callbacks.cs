namespace Shims.AspNetCore.Features;

/// <summary>What an app has asked to be called for, last things first.</summary>
internal sealed class Callbacks
{
    private Stack<(Func<object, Task> Callback, object State)>? _callbacks;

    internal bool Any => _callbacks is { Count: > 0 };

    internal void Add(Func<object, Task> callback, object state) => (_callbacks ??= new()).Push((callback, state));

    /// <summary>Calls all, and all that are added meanwhile.</summary>
    /// <param name="failed">Told of an exception, after which the others are called; null to stop with it.</param>
    internal async Task CallAsync(Action<Exception>? failed = null)
    {
        while (_callbacks is not null && _callbacks.TryPop(out (Func<object, Task> Callback, object State) next))
        {
            try
            {
                await next.Callback(next.State);
            }
            catch (Exception exception) when (failed is not null)
            {
                failed(exception);
            }
        }
    }
}
