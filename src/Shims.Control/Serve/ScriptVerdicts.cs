using System.Collections.Concurrent;
using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Users;

namespace Shims.Control.Serve;

/// <summary>What doctor says about scripts, remembered as long as they stay as they are.</summary>
internal sealed class ScriptVerdicts
{
    private readonly ConcurrentDictionary<string, (string Stamp, IReadOnlyList<Finding> Findings)> _known = [];

    /// <summary>As many as there are processors: syntax checks start interpreters.</summary>
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    /// <summary>Examines a script anew.</summary>
    internal async Task<IReadOnlyList<Finding>> ExamineAsync(string script)
    {
        await _slots.WaitAsync();
        try
        {
            string stamp = StampOf(script);
            // A look at a list must not send requests. Scripts get the PATH of this process here.
            var settings = new DoctorSettings { User = Identity.Current, IsUserNamed = true, IsGatewayNamed = true, MaySend = false, Gateway = ["scgi-run", "--env", $"PATH={Environment.GetEnvironmentVariable("PATH")}"] };
            IReadOnlyList<Finding> findings = await Task.Run(() => (IReadOnlyList<Finding>)[.. Examinations.Examine(script, settings)]);
            _known[script] = (stamp, findings);
            return findings;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>What was found the last time, if the script is still the same; else what is found now.</summary>
    internal async Task<IReadOnlyList<Finding>> RecallAsync(string script) =>
        _known.TryGetValue(script, out (string Stamp, IReadOnlyList<Finding> Findings) entry) && entry.Stamp == StampOf(script) ? entry.Findings : await ExamineAsync(script);

    private static string StampOf(string script)
    {
        var file = new FileInfo(script);
        return file.Exists ? $"{file.LastWriteTimeUtc.Ticks} {file.Length} {file.UnixFileMode}" : "";
    }
}
