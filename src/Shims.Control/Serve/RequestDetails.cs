using System.Globalization;
using System.Text;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Control.Processes;
using Shims.Control.Serve.Views;
using Shims.Hosting;

namespace Shims.Control.Serve;

/// <summary>Everything recorded of a request, decoded, for the inspector's page.</summary>
internal sealed record RequestDetails
{
    public required RequestSummary Summary { get; init; }

    /// <summary>Date and time of arrival.</summary>
    public required string At { get; init; }

    public required string? Script { get; init; }

    /// <summary>The command that was started, as in inetd.conf.</summary>
    public required string Command { get; init; }

    public required string? Exit { get; init; }

    public required string? Trouble { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyList<string[]> RequestHeaders { get; init; }

    /// <summary>Names and values of the query, decoded.</summary>
    public required IReadOnlyList<string[]> Query { get; init; }

    /// <summary>Names and values of the Cookie headers.</summary>
    public required IReadOnlyList<string[]> Cookies { get; init; }

    public required IReadOnlyList<string[]> Variables { get; init; }

    /// <summary>Variables that the script does not get.</summary>
    public required IReadOnlyList<HeldBackVariable> HeldBack { get; init; }

    /// <summary>The environment of the script; empty if none was started.</summary>
    public required IReadOnlyList<string[]> Environment { get; init; }

    public required IReadOnlyList<string[]> ResponseHeaders { get; init; }

    /// <summary>Name, value and attributes of each Set-Cookie header.</summary>
    public required IReadOnlyList<string[]> SetCookies { get; init; }

    public required BodyView RequestBody { get; init; }

    public required BodyView ResponseBody { get; init; }

    public required BodyView StandardError { get; init; }

    /// <summary>The places of a capsule from which secrets were removed.</summary>
    public required IReadOnlyList<string> Redacted { get; init; }

    /// <summary>A curl command that sends the request again.</summary>
    public required string Curl { get; init; }

    /// <summary>A shimctl request command that sends it without this server.</summary>
    public required string ShimctlRequest { get; init; }

    /// <summary>The reason why it cannot be sent again; null if it can.</summary>
    public required string? WhyNoReplay { get; init; }

    internal static RequestDetails Of(RequestRecord record, Site site, RecordedCommands commands) => record.Look(noted => new RequestDetails
    {
        Summary = RequestSummary.Of(noted),
        At = noted.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        Script = noted.Script,
        Command = ShellWords.Join(noted.Command),
        Exit = noted.Exit,
        Trouble = noted.Trouble,
        Findings = noted.Findings,
        RequestHeaders = Pairs(noted.RequestHeaders),
        Query = QueryOf(noted.Target),
        Cookies = CookieView.Sent(noted.RequestHeaders),
        Variables = Pairs(noted.Variables),
        HeldBack = site.HeldBackOf(noted),
        Environment = Pairs(site.EnvironmentOf(noted)),
        ResponseHeaders = Pairs(noted.ResponseHeaders),
        SetCookies = CookieView.Set(noted.ResponseHeaders),
        RequestBody = ViewOf(noted.RequestBody, noted.RequestHeader("Content-Type")),
        ResponseBody = ViewOf(noted.ResponseBody, noted.ResponseHeader("Content-Type")),
        StandardError = ViewOf(noted.StandardError, "text/x-log"),
        Redacted = noted.Redacted,
        Curl = commands.Curl(noted),
        ShimctlRequest = commands.ShimctlRequest(noted),
        WhyNoReplay = WhyNot(noted),
    });

    /// <summary>The reason why a request cannot be sent again; null if it can.</summary>
    internal static string? WhyNot(RequestRecord record) =>
        record.State == RequestState.Running ? "The request is still running."
        : !record.RequestBody.IsWhole
            ? $"Only the first {record.RequestBody.Bytes.Length} of {record.RequestBody.Length} bytes of its body are kept."
        : null;

    internal static BodyView ViewOf(Preview body, string? contentType) => BodyView.Of(body.Bytes.ToArray(), body.Length, contentType);

    /// <summary>The values of the query, decoded; empty if there are too many.</summary>
    internal static string[][] QueryOf(string target)
    {
        int mark = target.IndexOf('?', StringComparison.Ordinal);
        if (mark < 0)
            return [];
        try
        {
            ValueCollection query = UrlEncodedValues.Read(Encoding.UTF8.GetBytes(target[(mark + 1)..]), BodyView.MaxFields);
            return [.. query.Select(pair => new[] { pair.Key, pair.Value })];
        }
        catch (BadRequestException)
        {
            return []; // It is shown as it was received.
        }
    }

    private static string[][] Pairs(IReadOnlyList<(string Name, string Value)> headers) =>
        [.. headers.Select(header => new[] { header.Name, header.Value })];

    private static string[][] Pairs(IReadOnlyList<RequestVariable> variables) =>
        [.. variables.Select(variable => new[] { variable.NameText, variable.ValueText })];
}
