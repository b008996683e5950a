using System.Globalization;
using System.Text;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Live;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Diagnostics;

namespace Shims.Control.Servers.Checking;

/// <summary>Sends one real request through a socket, as the web server would, and judges the response.</summary>
internal static class LiveCheck
{
    /// <summary>Sends it.</summary>
    /// <param name="upstream">Who would send it.</param>
    /// <param name="script">The script that will respond.</param>
    /// <param name="url">The path of the site.</param>
    /// <param name="variables">What the web server sends beside the usual.</param>
    /// <param name="settings">For whom, and how far.</param>
    internal static IEnumerable<Finding> Send(Upstream upstream, string script, string url, IReadOnlyDictionary<string, string> variables,
        DoctorSettings settings)
    {
        if (upstream.Address is not { } to || RequestUrl.Parse(url, out _) is not { } parsed)
            return [];
        GatewayAddress address = to.Path is { } path ? GatewayAddress.Unix(path) : GatewayAddress.Tcp(to.Host ?? "127.0.0.1", to.Port);
        var request = new TestRequest
        {
            Url = parsed,
            Headers = [("User-Agent", "shimctl"), ("Accept", "*/*")],
            Parameters = ToParameters(variables),
            Secret = upstream.Secret is { } secret ? Encoding.UTF8.GetBytes(secret) : null,
        };
        try
        {
            LiveResponse response = LiveExchange.Ask(address, upstream.Protocol, settings.Patience, request, home =>
                upstream.Takes(Encoding.UTF8.GetString(home.Path)) && upstream.Variables(Encoding.UTF8.GetString(home.Path)) is { } others
                    ? request with { Url = home, Parameters = ToParameters(others) }
                    : null);
            return Judge(to, url, new ScriptCase(script, settings), response);
        }
        catch (ShimException fault)
        {
            return [new Finding(Severity.Error, to.ToString(), fault.Message)];
        }
    }

    private static (string, string?)[] ToParameters(IReadOnlyDictionary<string, string> variables) =>
        [.. variables.Select(static pair => (pair.Key, (string?)pair.Value))];

    private static IEnumerable<Finding> Judge(SocketAddress to, string url, ScriptCase script, LiveResponse response)
    {
        if (response.Head is not { Fault: null, Status: >= 400 and var status } || response.Fault is not null || response.IsTooSlow)
            return ResponseJudgement.Judge(script, response);
        // What the gateway's own page does not say is in its log.
        if (GatewayPage.FindRequestId(response.Page) is { } id)
            return [new Finding(Severity.Error, to.ToString(),
                string.Create(CultureInfo.InvariantCulture, $"the gateway responds to {url} with {status}"))
                { Advice = $"look for {id} in its log ({LogRoute.Describe(script.Settings)}); or ask about the script itself: shimctl "
                    + $"doctor {ShellWords.Path(script.Path)}" }];
        if (LoginCheck.Check(script, response.Head) is { } repeated)
            return [repeated];
        // A script that is mounted at a path may have nothing to say to that path itself.
        string own = string.Create(CultureInfo.InvariantCulture, $"the script itself responds to {url} with {status}");
        return [status < 500 ? new Finding(Severity.Good, to.ToString(), own)
            : new Finding(Severity.Warning, to.ToString(), own)
            { Advice = "see its own log; it may have nothing to say to this URL, and serve what is below it" }];
    }
}
