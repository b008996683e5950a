using System.Globalization;
using System.Text.RegularExpressions;

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
            $"{processor}, {Environment.ProcessorCount} cores, Linux {kernel}, {system}, load before the run {load}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC");
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
