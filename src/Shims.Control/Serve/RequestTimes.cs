using System.Diagnostics;

namespace Shims.Control.Serve;

/// <summary>When the things happened that a request's time is divided by: <see cref="Stopwatch"/> timestamps; null: not (yet), or not seen.</summary>
/// <remarks><code>
///   Arrived ---- start ---- Started ---- shim ---- RequestRead ---- script ---- FirstByte ---- response ---- Ended
/// </code></remarks>
internal sealed class RequestTimes
{
    /// <summary>The browser's request had come, as far as its header.</summary>
    internal long Arrived { get; } = Stopwatch.GetTimestamp();

    /// <summary>The program had been started.</summary>
    internal long? Started { get; set; }

    /// <summary>It had read the header of the request.</summary>
    internal long? RequestRead { get; set; }

    /// <summary>The first byte of its answer had come.</summary>
    internal long? FirstByte { get; set; }

    /// <summary>The last byte of the answer had been passed on.</summary>
    internal long? Ended { get; set; }

    /// <summary>Milliseconds, from the arrival to the end or until now.</summary>
    internal double Total => Between(Arrived, Ended ?? Stopwatch.GetTimestamp());

    /// <summary>Milliseconds of start, shim, script and response. The shim's are null where they were not seen, and then count with the script's: fcgi-run leaves a request without a body
    /// where it is until it has been answered.</summary>
    internal double?[] Phases()
    {
        long until = Ended ?? Stopwatch.GetTimestamp();
        long started = Started ?? Arrived;
        long first = FirstByte ?? until;
        long? read = RequestRead is { } seen && seen <= first ? seen : null;
        return [Between(Arrived, started), read is null ? null : Between(started, read.Value), Between(read ?? started, first), Between(first, until)];
    }

    private static double Between(long from, long to) => Math.Round(Stopwatch.GetElapsedTime(from, Math.Max(from, to)).TotalMilliseconds, 3);
}
