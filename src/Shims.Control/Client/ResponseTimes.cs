namespace Shims.Control.Client;

/// <summary>When things happened, counted from the start of the request. Null: not (yet).</summary>
internal sealed class ResponseTimes
{
    private readonly long _start = System.Diagnostics.Stopwatch.GetTimestamp();

    /// <summary>The connection stood, or the command had been started.</summary>
    internal TimeSpan? Connected { get; set; }

    /// <summary>The last byte of the request had been handed to the kernel.</summary>
    internal TimeSpan? Sent { get; set; }

    /// <summary>The first byte of the response came, of whatever record.</summary>
    internal TimeSpan? FirstByte { get; set; }

    /// <summary>The header of the response was complete.</summary>
    internal TimeSpan? Head { get; set; }

    /// <summary>The last byte of the response came.</summary>
    internal TimeSpan? LastByte { get; set; }

    /// <summary>Time since the start.</summary>
    internal TimeSpan Elapsed => System.Diagnostics.Stopwatch.GetElapsedTime(_start);
}
