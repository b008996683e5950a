using System.Diagnostics;

namespace Shims.Control.Serve;

/// <summary>Times of events of a request, as <see cref="Stopwatch"/> timestamps; null for events that have not been seen.</summary>
/// <remarks><code>
///   Arrived ---- start ---- Started ---- shim ---- RequestRead ---- script ---- FirstByte ---- response ---- Ended
/// </code></remarks>
internal sealed class RequestTimes
{
    /// <summary>The header of the browser's request had arrived.</summary>
    internal long Arrived { get; } = Stopwatch.GetTimestamp();

    /// <summary>The program had been started.</summary>
    internal long? Started { get; set; }

    /// <summary>The program had read the header of the request.</summary>
    internal long? RequestRead { get; set; }

    /// <summary>The first byte of the response had arrived.</summary>
    internal long? FirstByte { get; set; }

    /// <summary>The last byte of the response had been sent to the browser.</summary>
    internal long? Ended { get; set; }

    /// <summary>Milliseconds from the arrival to the end, or until now.</summary>
    internal double Total => Between(Arrived, Ended ?? Stopwatch.GetTimestamp());

    /// <summary>Milliseconds of start, shim, script and response. Those of the shim are null if they are part of the script's.</summary>
    /// <remarks>fcgi-run leaves a request without a body in the socket until the response has been sent.</remarks>
    internal double?[] Phases()
    {
        long until = Ended ?? Stopwatch.GetTimestamp();
        long started = Started ?? Arrived;
        long first = FirstByte ?? until;
        long? read = RequestRead is { } seen && seen <= first ? seen : null;
        return
        [
            Between(Arrived, started),
            read is null ? null : Between(started, read.Value),
            Between(read ?? started, first),
            Between(first, until),
        ];
    }

    private static double Between(long from, long to) =>
        Math.Round(Stopwatch.GetElapsedTime(from, Math.Max(from, to)).TotalMilliseconds, 3);
}
