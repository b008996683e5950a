using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Shims.Control.Doctor;

/// <summary>
/// Runs examinations side by side. Their findings come in order, each as soon as it is made and all before it have been handed out.
/// </summary>
internal static class SideBySide
{
    /// <summary>
    /// Examinations wait for scripts most of the time. More scripts at once could keep a small machine, or a database, from answering in
    /// time.
    /// </summary>
    private const int MaxAtOnce = 32;

    /// <param name="items">The things to look at, in the order of the findings.</param>
    /// <param name="examine">Looks at one, on a thread of its own.</param>
    internal static IEnumerable<Finding> Run<T>(IEnumerable<T> items, Func<T, IEnumerable<Finding>> examine)
    {
        T[] all = [.. items];
        if (all.Length < 2)
            return all.SelectMany(examine);
        return RunAll(all, examine);
    }

    private static IEnumerable<Finding> RunAll<T>(T[] items, Func<T, IEnumerable<Finding>> examine)
    {
        BlockingCollection<object>[] results = [.. items.Select(_ => new BlockingCollection<object>())];
        int next = -1;
        for (int i = 0; i < Math.Min(MaxAtOnce, items.Length); i++)
            new Thread(Work) { IsBackground = true, Name = "examination" }.Start();
        foreach (BlockingCollection<object> result in results)
        {
            foreach (object found in result.GetConsumingEnumerable())
            {
                (found as ExceptionDispatchInfo)?.Throw();
                yield return (Finding)found;
            }
        }

        void Work()
        {
            for (int at; (at = Interlocked.Increment(ref next)) < items.Length; results[at].CompleteAdding())
            {
                try
                {
                    foreach (Finding finding in examine(items[at]))
                        results[at].Add(finding);
                }
                // It is the caller's, on whose thread it is thrown again.
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    results[at].Add(ExceptionDispatchInfo.Capture(exception));
                }
            }
        }
    }
}
