namespace Shims.Hosting;

/// <summary>The threads that handlers run on in wait mode: started as they are needed, up to a bound, and kept.</summary>
/// <remarks>Not the thread pool, which adds threads slowly once its own are blocked; and blocking is what handlers do.</remarks>
internal sealed class HandlerThreads(int maximum, Action<HandlerAnswer> run)
{
    /// <summary>Bytes of stack. Address space: pages are taken as they are touched.</summary>
    private const int StackSize = 1024 * 1024;

    private readonly Queue<HandlerAnswer> _waiting = new();
    private int _count;
    private int _idle;

    /// <summary>Runs a handler as soon as a thread is free for it.</summary>
    internal void Start(HandlerAnswer answer)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(answer);
            if (_idle >= _waiting.Count)
            {
                Monitor.Pulse(_waiting);
                return;
            }
            if (_count == maximum)
                return;
            _count++;
        }
        new Thread(Work, StackSize) { IsBackground = true, Name = "handler" }.Start();
    }

    private void Work()
    {
        while (true)
        {
            HandlerAnswer next;
            lock (_waiting)
            {
                _idle++;
                while (_waiting.Count == 0)
                    Monitor.Wait(_waiting);
                _idle--;
                next = _waiting.Dequeue();
            }
            run(next);
        }
    }
}
