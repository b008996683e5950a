namespace Shims;

/// <summary>The form of a line of the log.</summary>
public enum LogFormat
{
    /// <summary>A sentence for people.</summary>
    Text,

    /// <summary>A JSON object for programs.</summary>
    Json,
}
