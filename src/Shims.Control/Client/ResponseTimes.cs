namespace Shims.Control.Client;

/// <summary>Times of events since the start of the request; null for events that have not happened.</summary>
internal sealed class ResponseTimes
{
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>The connection was open, or the command had been started.</summary>
    internal TimeSpan? Connected { get; set; }

    /// <summary>The last byte of the request had been handed to the kernel.</summary>
    internal TimeSpan? Sent { get; set; }

    /// <summary>The first byte arrived, of any record.</summary>
    internal TimeSpan? FirstByte { get; set; }

    /// <summary>The header of the response was complete.</summary>
    internal TimeSpan? Head { get; set; }

    /// <summary>The last byte of the response arrived.</summary>
    internal TimeSpan? LastByte { get; set; }

    /// <summary>Time since the start of the request.</summary>
    internal TimeSpan Elapsed => System.Diagnostics.Stopwatch.GetElapsedTime(_start);
}
