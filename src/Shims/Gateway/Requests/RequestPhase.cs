namespace Shims.Gateway.Requests;

/// <summary>What a request waits for. Each phase has an end: see <see cref="Exchange.Deadline"/>.</summary>
internal enum RequestPhase : byte
{
    /// <summary>The rest of its variables. Ends after <c>--header-timeout</c>; if the process is to end, after <see cref="Limits.FirstRequestGrace"/>.</summary>
    Header,

    /// <summary>More of its body. Ends when nothing has come for <see cref="Limits.ProgressSeconds"/>.</summary>
    Body,

    /// <summary>The script, which is to make room for more of the body. Ends after <see cref="Limits.ReadingPatience"/>, or with the script.</summary>
    Reader,

    /// <summary>The rest of a body that nobody reads. Ends after <see cref="Limits.DrainTime"/>, and when nothing has come for <see cref="Limits.ProgressSeconds"/>.</summary>
    Drain,

    /// <summary>Its answer. Ends with the script's or the handler's time, or when the peer takes nothing for <see cref="Limits.ProgressSeconds"/>.</summary>
    Answer,
}
