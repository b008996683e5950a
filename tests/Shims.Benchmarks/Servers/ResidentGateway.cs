using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Servers;

/// <summary>A program that stays, as the kernel sees it: its own processes, however many it has, without those of its scripts.</summary>
/// <param name="process">The process that was started.</param>
/// <param name="program">The file that runs in it and in those that belong to it.</param>
/// <param name="address">Where it listens.</param>
internal sealed class ResidentGateway(LaunchedProgram process, string program, string address)
{
    public string Address => address;

    /// <summary>How many processes run a file on its behalf.</summary>
    public int CountOf(string file) => ProcessesOf(file).Count;

    /// <summary>Its own processes.</summary>
    public IReadOnlyList<int> ProcessIds => ProcessesOf(program);

    /// <summary>What its processes have taken of the processors until now.</summary>
    public ProcessorTime ProcessorTime => ProcessorTime.Of(ProcessesOf(program));

    /// <summary>What its processes keep of the memory for themselves, in bytes: pages that they have written to, which the kernel cannot take back and read again.</summary>
    public double PrivateMemory => ProcessesOf(program).Sum(LaunchedProgram.PrivateMemoryOf);

    private List<int> ProcessesOf(string file) => process.IsRunning
        ? [.. ProcessTree.Of(process.ProcessId).Append(process.ProcessId).Where(id => ProgramOf(id) == file)]
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
