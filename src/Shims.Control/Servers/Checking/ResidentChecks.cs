using System.Globalization;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Fixes;

namespace Shims.Control.Servers.Checking;

/// <summary>Finds processes that respond to all requests, and still run their program as it was before an edit.</summary>
internal static class ResidentChecks
{
    /// <summary>The kernel counts in hundredths of a second in proc_pid_stat(5), whatever its clock is.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Looks at the processes of a service that has one process for all requests.</summary>
    internal static IEnumerable<Finding> Examine(Service service)
    {
        if (service.StartsForEach || service.Command is not { } command || !command.Program.StartsWith('/'))
            yield break;
        foreach ((int id, string[] words) in RunningServers.All())
        {
            if (FindOld(id, words, command) is not { } file)
                continue;
            yield return new Finding(Severity.Error, file,
                $"process {id.ToString(CultureInfo.InvariantCulture)} answers the requests of {service.Place}, and still runs what was in "
                    + "this file before it was changed")
            {
                Fix = ShellCommand.Of("kill", id.ToString(CultureInfo.InvariantCulture)),
                Advice = "the next request starts the new one; "
                + $"or let {service.SuperServer} start a process for each request, while you edit"
            };
        }
    }

    /// <summary>
    /// A replaced program, or a script that has changed since its process was started. Gateways look after that themselves.
    /// </summary>
    private static string? FindOld(int id, string[] words, ProgramCommand command)
    {
        const string deleted = " (deleted)";
        string? program = LinkOf($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/exe");
        if (program == command.Program + deleted)
            return command.Program;
        if (command.IsGateway || program == command.Program || !words.Contains(command.Program) || StartOf(id) is not { } start)
            return null;
        // A second more: file systems and the kernel round differently.
        return File.Exists(command.Program) && File.GetLastWriteTimeUtc(command.Program) > start.AddSeconds(1) ? command.Program : null;
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static DateTime? StartOf(int id)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
            string ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
            string booted = File.ReadLines("/proc/stat").First(line => line.StartsWith("btime ", StringComparison.Ordinal))[6..];
            return DateTime.UnixEpoch.AddSeconds(
                long.Parse(booted, CultureInfo.InvariantCulture) + (long.Parse(ticks, CultureInfo.InvariantCulture) / TicksPerSecond));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
