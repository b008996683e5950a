using Shims.Control.Client;
using Shims.Posix;

namespace Shims.Control.Doctor.Live;

/// <summary>What came of a request.</summary>
internal sealed record LiveAnswer
{
    /// <summary>The header; null if there was none.</summary>
    internal GatewayResponseHead? Head { get; init; }

    /// <summary>What came instead of a header.</summary>
    internal byte[] Unfinished { get; init; } = [];

    internal long BodyLength { get; init; }

    /// <summary>What is wrong with the reply as a reply.</summary>
    internal PeerFault? Fault { get; init; }

    /// <summary>What was written to standard error.</summary>
    internal required string Said { get; init; }

    /// <summary>How what was started ended; null if it has not, or nothing was started.</summary>
    internal ExitStatus? Exit { get; init; }

    /// <summary>How long it took.</summary>
    internal TimeSpan Time { get; init; }

    /// <summary>Whether nobody waited for its end.</summary>
    internal bool IsTooSlow { get; init; }
}
