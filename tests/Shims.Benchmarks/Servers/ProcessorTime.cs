using System.Globalization;

namespace Shims.Benchmarks.Servers;

/// <summary>What each thread of some processes has taken of the processors, in nanoseconds. Their children's time is not in it.</summary>
/// <remarks>
/// <c>/proc/PID/task/TID/schedstat</c>, the first number. The <c>stat</c> beside it counts in hundredths of a second, and what it says of user and system time
/// is an estimate. A thread that has ended takes its time with it, hence each for itself.
/// </remarks>
internal sealed class ProcessorTime
{
    private readonly Dictionary<string, double> _threads = [];

    private ProcessorTime()
    {
    }

    /// <summary>Asks the kernel.</summary>
    public static ProcessorTime Of(IEnumerable<int> processes)
    {
        var time = new ProcessorTime();
        foreach (string thread in processes.SelectMany(process => Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task"))))
        {
            try
            {
                time._threads[thread] = double.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // It has ended since the folder was listed.
            }
        }
        return time;
    }

    /// <summary>What has been taken since an earlier look, in nanoseconds.</summary>
    public double Since(ProcessorTime before) => _threads.Sum(thread => thread.Value - before._threads.GetValueOrDefault(thread.Key));
}
