namespace Shims.Gateway.Requests;

/// <summary>The phases of a request, each named after what the request waits for. Each has an end: see <see cref="RequestProgress"/>.</summary>
/// <remarks><code>
///                the variables end  the body ends  the reader is full  the reader goes on  the rest is not needed  it is given up  time is over
///   Header       Body               HeaderAlone    Header              Header              Header                  Response        Response
///   HeaderAlone  Response           HeaderAlone    HeaderAlone         HeaderAlone         HeaderAlone             Response        Response
///   Body         Body               Response       Reader              Body                Drain                   Response        Response
///   Reader       Reader             Response       Reader              Body                Drain                   Response        Reader
///   Drain        Drain              Response       Drain               Drain               Drain                   Response        Response
///   Response     Response           Response       Response            Response            Response                Response        Response
/// </code></remarks>
internal enum RequestPhase : byte
{
    /// <summary>The rest of its variables. Ends after <c>--header-timeout</c>; if the process is to end, after <see cref="Limits.FirstRequestGrace"/>.</summary>
    Header,

    /// <summary>The same, after all else has come, as it may with FastCGI.</summary>
    HeaderAlone,

    /// <summary>More of its body. Ends when nothing has come for <see cref="Limits.ProgressSeconds"/>.</summary>
    Body,

    /// <summary>The script, which is to make room for more of the body. Ends after <see cref="Limits.ReadingPatience"/>, or with the script.</summary>
    Reader,

    /// <summary>The rest of a body that nothing reads. Ends after <see cref="Limits.DrainTime"/>, and when nothing has come for <see cref="Limits.ProgressSeconds"/>.</summary>
    Drain,

    /// <summary>Its response. Ends with the script's or the handler's time, or when the peer takes nothing for <see cref="Limits.ProgressSeconds"/>.</summary>
    Response,
}
