using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Shims.Cgi;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Control.Doctor.Live;
using Shims.Control.Servers.Checking;

namespace Shims.Control.Servers;

/// <summary>
/// Asks for a page by its URL, and looks at the way that the request takes: the web server's location, the socket, the script.
/// </summary>
internal sealed class UrlExamination(ConfigurationSet set) : IExamination
{
    public bool Recognises(string what) =>
        what.StartsWith("http://", StringComparison.Ordinal) || what.StartsWith("https://", StringComparison.Ordinal);

    public IEnumerable<Finding> Examine(string what, DoctorSettings settings)
    {
        if (what.StartsWith("https://", StringComparison.Ordinal))
            return [new Finding(Severity.Error, what, "https:// URLs are not asked")
                { Advice = "name the http:// URL by which the web server is reached on this machine, or its configuration" }];
        if (RequestUrl.Parse(what, out string? fault) is not { } url)
            return [new Finding(Severity.Error, what, fault ?? "this is not a URL")];
        IEnumerable<Finding> asked = settings.MayRun ? [Ask(what, url, settings)] : [];
        return asked.Concat(ExamineWay(what, url, settings));
    }

    private static Finding Ask(string what, RequestUrl url, DoctorSettings settings)
    {
        try
        {
            return Judge(what, HttpProbe.GetPageAsync(url, settings.Patience).GetAwaiter().GetResult()) with { IsLive = true };
        }
        catch (SocketException refused)
        {
            return new Finding(Severity.Error, what, $"the web server cannot be reached at {url.Authority}: {refused.Message}")
            { Advice = "start it, or correct host and port: ss -tln lists the ports that are listened at" };
        }
        catch (OperationCanceledException)
        {
            return new Finding(Severity.Error, what,
                string.Create(CultureInfo.InvariantCulture,
                $"the web server has not responded within {settings.Patience.TotalSeconds:0.#} s"))
            { Advice = "see what the script waits for; --patience SECONDS waits longer here" };
        }
    }

    private static Finding Judge(string what, HttpProbe probe)
    {
        string server = probe.Server is { } name ? $"{name} " : "";
        string status = probe.Status.ToString(CultureInfo.InvariantCulture);
        Finding Found(Severity severity, string cause, string? advice) => new(severity, what, cause) { Advice = advice };
        return probe.Status switch
        {
            0 => Found(Severity.Error, "what listens there does not speak HTTP", "name the web server's port"),
            < 400 => Found(Severity.Good, $"{server}responds with {status}", null),
            _ when probe.IsOfGateway => Found(Severity.Error,
                $"{server}passes on {status} of the gateway: its page names the request, and its log line says why",
                "look for the number of the page in the log of the super-server or of the web server"),
            502 => Found(Severity.Error,
                $"{server}responds with 502: it gets no response from the gateway, or one with a header that it refuses",
                "the web server's error log has the reason: connect() failed, upstream sent invalid header, "
                    + "or upstream prematurely closed connection"),
            504 => Found(Severity.Error, $"{server}responds with 504: the script has not responded in time",
                "see what it waits for: a lock, a database, another machine"),
            >= 500 => Found(Severity.Error, $"{server}responds with {status}", "the web server's error log has the reason"),
            _ => Found(Severity.Warning, $"{server}responds with {status}", "see whether a location or the script itself says so"),
        };
    }

    /// <summary>The directives through which the path goes; of those that take it, the one with the longest prefix.</summary>
    private IEnumerable<Finding> ExamineWay(string what, RequestUrl url, DoctorSettings settings)
    {
        string path = Encoding.UTF8.GetString(url.Path);
        Upstream? way = VirtualServer.Choose(set.KnownUpstreams, url.Host, url.Port).Where(upstream => upstream.Takes(path))
            .OrderByDescending(upstream => upstream.UrlPrefix.Length).FirstOrDefault();
        if (way is null)
            return [new Finding(Severity.Warning, what,
                $"no web server's configuration that was found sends {path} at port {url.Port} to a gateway")
                {
                    Advice = set.Upstreams.Count > 0 ? "see which server block has that port, and which location in it takes the path"
                        : $"name the configuration too: shimctl doctor {what} /etc/nginx/nginx.conf /etc/inetd.conf",
                }];
        return UpstreamChecks.ExamineAll([way], set, settings).Concat(ExamineScript(way, path, settings));
    }

    /// <summary>The script at the end of the way, which may be a file that <c>--interpreter</c> runs.</summary>
    private IEnumerable<Finding> ExamineScript(Upstream way, string path, DoctorSettings settings)
    {
        Service? service = way.Own ?? (way.Address is { } address ? set.ServiceAt(address) : null);
        if (service?.Command is not { IsGateway: true, Target: ['/', _, ..] target } command || way.Variables(path) is not { } variables
            || !ServiceUsers.IsOurs(service.Place.File))
            return [];
        string? index = variables.TryGetValue("SCRIPT_FILENAME", out string? file) && Directory.Exists(file)
            ? command.ValueOf("--index")?.Split(',').Select(name => Path.Join(file, name)).FirstOrDefault(File.Exists)
            : null;
        SimulatedAnswer answer = SimulatedRequest.Resolve(target, index is null ? variables
            : new Dictionary<string, string>(variables) { ["SCRIPT_FILENAME"] = index }, way.MountOf(service));
        return answer.Resolution != Resolution.Found ? []
            : ExaminationGuard.Run(answer.Script,
                () => new ScriptExamination().Examine(answer.Script, ServiceUsers.NameUser(service, settings)));
    }
}
