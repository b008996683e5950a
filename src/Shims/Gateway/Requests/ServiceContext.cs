using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Gateway.Requests;

/// <summary>Shared by all event loops of a process.</summary>
/// <param name="options">The command line.</param>
/// <param name="now">Milliseconds, on the loops' clock.</param>
internal sealed class ServiceContext(GatewayOptions options, long now)
{
    private const int DescriptorsOfItsOwn = 16;

    /// <summary>A connection, three pipes, the process, a spool, a lock.</summary>
    private const int DescriptorsOfARequest = 8;

    /// <summary>The command line.</summary>
    internal GatewayOptions Options { get; } = options;

    /// <summary><c>--access-log</c>; null without one.</summary>
    internal AccessLog? AccessLog { get; } = options.AccessLog is null ? null : new AccessLog(options);

    /// <summary>The slots for scripts that may run.</summary>
    internal Slots Slots { get; } = new(options);

    /// <summary>The requests in flight.</summary>
    internal RequestCount Requests { get; } = new(now);

    /// <summary>Counts for those who watch; null in a process for one connection.</summary>
    internal ServiceWatch? Watch { get; private init; }

    /// <summary>/dev/null, for scripts without a body.</summary>
    internal int NullDevice { get; } = Libc.OpenNowhere();

    /// <summary>True if large output is moved inside the kernel; the tests run the other way too.</summary>
    internal bool MaySplice { get; } = !Switches.NoSplice;

    /// <summary>True if connections come from a listening socket.</summary>
    internal bool ServesMany
    {
        get;
        init
        {
            field = value;
            Watch = value ? new ServiceWatch(counts: Options.StatusPath is not null) : null;
        }
    }

    /// <summary>True if the peer may end its sending and still wait for a response: a pipe or file in place of a web server does.</summary>
    internal bool IsHalfCloseNormal { get; init; }

    /// <summary>FCGI_MAX_CONNS: connections that this process serves at a time, whichever of its loops does.</summary>
    internal int MaxConnections => !ServesMany ? 1 : Options.Limits.Concurrency > 0 ? Options.Limits.Concurrency : RequestsByDescriptors;

    /// <summary>FCGI_MAX_REQS: requests that this process answers at a time, as many as --max, or else its descriptors and its one connection, allow.</summary>
    internal int MaxRequests => Options.Limits.Concurrency > 0 ? Options.Limits.Concurrency
        : ServesMany ? RequestsByDescriptors
        : Math.Min(RequestsByDescriptors, Limits.RequestsOfAConnection);

    /// <summary>A request has ended.</summary>
    /// <param name="outcome">What has become of it.</param>
    /// <param name="hasResponse">True if a byte of a response has gone out.</param>
    /// <param name="now">Milliseconds, on the loops' clock.</param>
    internal void Ended(in RequestOutcome outcome, bool hasResponse, long now)
    {
        if (!outcome.IsWatching)
            Watch?.CountAnswered(hasResponse ? outcome.Status : RequestOutcome.ClientGone, outcome.Mode);
        // The process is as idle as it was before.
        Requests.Ended(outcome.IsWatching ? Requests.IdleSince : now);
    }

    private static int RequestsByDescriptors => Math.Max(1, (Libc.DescriptorLimit - DescriptorsOfItsOwn) / DescriptorsOfARequest);
}
