using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>A script or a handler that runs, as <see cref="ServiceWatch"/> shows it. Read by any thread.</summary>
internal interface IRunningRequest
{
    /// <summary>The script's path; of a handler the path that was asked for. One printable line; empty if it is not known.</summary>
    string Subject { get; }

    /// <summary>The number of the process that it runs in: of a handler, this one.</summary>
    int Process => Libc.ProcessId;

    /// <summary>The time when it started, on the loops' clock.</summary>
    long StartedAt { get; }

    /// <summary>The way in which it runs.</summary>
    RequestMode Mode => RequestMode.Handler;
}
