using System.Collections.Concurrent;
using Shims.Control.Doctor;
using Shims.Control.Servers;
using Shims.Control.Users;

namespace Shims.Control.Serve;

/// <summary>Doctor's findings about scripts, cached until a script changes.</summary>
/// <param name="options">The gateway's.</param>
internal sealed class ScriptVerdicts(IReadOnlyList<string> options)
{
    private readonly ConcurrentDictionary<string, (string Stamp, IReadOnlyList<Finding> Findings)> _known = [];

    /// <summary>Limits the examinations at a time to the number of processors, as syntax checks start interpreters.</summary>
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount);

    /// <summary>Examines a script, without sending a request to it.</summary>
    internal async Task<IReadOnlyList<Finding>> ExamineAsync(string script)
    {
        await _slots.WaitAsync();
        try
        {
            string stamp = FileStamp.Of(script);
            // Listing scripts must not run them. They get the PATH of this process here.
            var settings = new DoctorSettings
            {
                User = UserAccount.Current,
                IsUserNamed = true,
                IsGatewayNamed = true,
                MaySend = false,
                Gateway = ["scgi-run", .. options, "--env", $"PATH={Environment.GetEnvironmentVariable("PATH")}"],
            };
            IReadOnlyList<Finding> findings = await Task.Run(() => (IReadOnlyList<Finding>)[.. Examinations.Examine(script, settings)]);
            _known[script] = (stamp, findings);
            return findings;
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>The cached findings if the script is unchanged; else those of a new examination.</summary>
    internal async Task<IReadOnlyList<Finding>> RecallAsync(string script) =>
        _known.TryGetValue(script, out (string Stamp, IReadOnlyList<Finding> Findings) entry) && entry.Stamp == FileStamp.Of(script)
            ? entry.Findings
            : await ExamineAsync(script);
}
