using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Gateway.Watching;

/// <summary>What a process does and has done, at one moment.</summary>
internal sealed class ServiceStatus
{
    /// <summary>The program's name.</summary>
    internal required string Program { get; init; }

    /// <summary>Its version.</summary>
    internal required string Version { get; init; }

    /// <summary>The number of its process.</summary>
    internal required int Process { get; init; }

    /// <summary>The time when it began to serve, in milliseconds since 1970.</summary>
    internal required long Since { get; init; }

    /// <summary>Milliseconds since then.</summary>
    internal required long Uptime { get; init; }

    /// <summary>True if it can take a request.</summary>
    internal required bool IsReady { get; init; }

    /// <summary><c>--max</c>; 0 for none.</summary>
    internal int Maximum { get; init; }

    /// <summary>Requests that have ended.</summary>
    internal long Answered { get; init; }

    /// <summary>Requests that found no slot.</summary>
    internal long Refused { get; init; }

    /// <summary>Requests that wait for a slot.</summary>
    internal long Queued { get; init; }

    /// <summary>Milliseconds that scripts and handlers have run, those that still do too.</summary>
    internal long ScriptMilliseconds { get; init; }

    /// <summary>What runs, in the order of its start.</summary>
    internal IReadOnlyList<RunningRequest> Running { get; init; } = [];

    /// <summary>The number of requests for each status and mode.</summary>
    internal IReadOnlyList<(int Status, RequestMode Mode, long Count)> Counts { get; init; } = [];

    /// <summary>That of a process in wait mode, now.</summary>
    /// <param name="service">Shared by its loops.</param>
    /// <param name="watch">What it counts.</param>
    internal static ServiceStatus Of(ServiceContext service, ServiceWatch watch)
    {
        long now = Libc.Milliseconds(), running = 0;
        var requests = new List<RunningRequest>();
        foreach (IRunningRequest request in watch.Running)
        {
            long age = Math.Max(0, now - request.StartedAt);
            running += age;
            requests.Add(new RunningRequest(request.Subject, request.Process, age, request.Mode));
        }
        return new ServiceStatus
        {
            Program = service.Options.Program,
            Version = ProgramVersion.Number,
            Process = Libc.ProcessId,
            Since = watch.Since,
            Uptime = now - watch.SinceOnLoop,
            IsReady = ReadyCheck.ObjectionOf(service) is null,
            Maximum = service.Slots.Maximum,
            Answered = watch.Answered,
            Refused = watch.Refused,
            Queued = watch.Queued,
            ScriptMilliseconds = watch.ScriptMilliseconds + running,
            Running = requests,
            Counts = watch.Counts,
        };
    }

    /// <summary>The name of a mode, as it is shown.</summary>
    internal static string NameOf(RequestMode mode) => mode switch
    {
        RequestMode.Supervise => "supervise",
        RequestMode.Relay => "relay",
        RequestMode.Handler => "handler",
        _ => "none",
    };
}

/// <summary>A script or a handler that runs.</summary>
/// <param name="Subject">The script's path; of a handler the path that was asked for. One printable line.</param>
/// <param name="Process">The number of the process that it runs in.</param>
/// <param name="Age">Milliseconds since its start.</param>
/// <param name="Mode">The way in which it runs.</param>
internal sealed record RunningRequest(string Subject, int Process, long Age, RequestMode Mode);
