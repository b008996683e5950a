using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Shims.Benchmarks.Measuring;

namespace Shims.Benchmarks.Reporting;

/// <summary>What a reader must know of the machine before comparing the figures with those of another.</summary>
internal static partial class Machine
{
    /// <summary>One line, with the load that the machine was under before the first row.</summary>
    public static string Describe()
    {
        string processor = Find("/proc/cpuinfo", ProcessorPattern()) ?? "unknown processor";
        string kernel = Find("/proc/sys/kernel/osrelease", KernelPattern()) ?? "";
        string system = Find("/etc/os-release", SystemPattern()) ?? "";
        string load = Find("/proc/loadavg", LoadPattern()) ?? "unknown";
        return string.Create(CultureInfo.InvariantCulture,
            $"{processor}, {Environment.ProcessorCount} cores, {IdentificationTime()}{FaultTime()}Linux {kernel}, {system}, load before the run {load}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
    }

    /// <summary>What it takes to ask the processor what it can do: a C library does so some 70 times when it starts, and each traps where the machine is a virtual one.</summary>
    private static string IdentificationTime()
    {
        if (!X86Base.IsSupported)
            return "";
        var series = new Series(Enumerable.Range(0, 101).Select(_ =>
        {
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            X86Base.CpuId(0, 0);
            return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }));
        return string.Create(CultureInfo.InvariantCulture, $"CPUID in {series.Median:0.0} µs, ");
    }

    /// <summary>The time that the kernel takes to put one page into a process when the process first touches it: a process that starts, or copies itself, does so some 20 to 300 times.</summary>
    private static string FaultTime()
    {
        const int page = 4096, pages = 2048;
        using var memory = MemoryMappedFile.CreateNew(null, page * pages);
        using MemoryMappedViewAccessor view = memory.CreateViewAccessor();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int i = 0; i < pages; i++)
            view.Write((long)i * page, (byte)1);
        double microseconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return string.Create(CultureInfo.InvariantCulture, $"a page fault in {microseconds / pages:0.0} µs, ");
    }

    private static string? Find(string file, Regex pattern) =>
        File.Exists(file) && pattern.Match(File.ReadAllText(file)) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"^model name\s*: (.*)$", RegexOptions.Multiline)]
    private static partial Regex ProcessorPattern();

    [GeneratedRegex(@"^(\d+\.\d+)")]
    private static partial Regex KernelPattern();

    [GeneratedRegex("^PRETTY_NAME=\"(.*)\"$", RegexOptions.Multiline)]
    private static partial Regex SystemPattern();

    [GeneratedRegex(@"^(\S+)")]
    private static partial Regex LoadPattern();
}
