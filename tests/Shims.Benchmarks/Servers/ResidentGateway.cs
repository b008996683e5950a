using System.Globalization;
using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A gateway that stays, as the kernel sees it: its own processes, however many it has, without those of its scripts.</summary>
/// <param name="process">The process that was started.</param>
/// <param name="program">The file that runs in it and in those that belong to it.</param>
/// <param name="address">The path of the socket on which it listens.</param>
internal sealed class ResidentGateway(LaunchedProgram process, string program, string address)
{
    private const double NanosecondsPerTick = 1e7; // sysconf(_SC_CLK_TCK) is 100 on Linux.

    public string Address => address;

    /// <summary>How many processes run a file on its behalf.</summary>
    public int CountOf(string file) => ProcessesOf(file).Count();

    /// <summary>What its processes have taken of the processors until now, in nanoseconds, to a hundredth of a second.</summary>
    public double ProcessorTime => ProcessesOf(program).Sum(id =>
    {
        // proc_pid_stat(5), fields 14 and 15, user and system time, counted from behind the name, which may hold anything.
        string stat = File.ReadAllText($"/proc/{id}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture)) * NanosecondsPerTick;
    });

    /// <summary>What its processes take of the memory, in bytes. A page that several processes share counts for each in proportion (PSS).</summary>
    public double ProportionalMemory => ProcessesOf(program).Sum(id =>
    {
        string line = File.ReadLines($"/proc/{id}/smaps_rollup").First(line => line.StartsWith("Pss:", StringComparison.Ordinal));
        return double.Parse(line["Pss:".Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024;
    });

    private IEnumerable<int> ProcessesOf(string file) => process.IsRunning
        ? Descent.Of(process.ProcessId).Append(process.ProcessId).Where(id => ProgramOf(id) == file)
        : throw new InvalidMeasurementException($"{program} has ended: {process.ErrorSoFar}");

    private static string? ProgramOf(int id)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{id}/exe", returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null; // It has ended between two looks.
        }
    }
}
