using System.Text;
using Shims.Control.Client;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Serving;

namespace Shims.Control.Doctor.Live;

/// <summary>Sends a script one real request, through the gateway that is started as inetd would start it.</summary>
internal sealed class LiveRequest(ScriptCase script)
{
    /// <summary>The body of a POST of which nothing is said.</summary>
    private const string PlainBody = "shimctl=doctor";

    private readonly DoctorSettings _settings = script.Settings;

    /// <summary>Sends a GET, or the one request that is asked for; after it a POST, if that is asked for too.</summary>
    internal IEnumerable<Finding> Send()
    {
        if ((GitRepository.FindExcuse(script) ?? FindGateway(out _)) is { } excuse)
            return [excuse];
        IEnumerable<Finding> findings = Send(CreateRequest()).Select(finding => finding with { IsLive = true });
        if (!_settings.AlsoPosts || _settings.Data is not null || _settings.Recorded is not null)
            return findings;
        var posting = new LiveRequest(script with { Settings = _settings with { Data = PlainBody } });
        return findings.Concat(posting.Send().Select(finding => finding with { Cause = $"POST: {finding.Cause}" }));
    }

    private IEnumerable<Finding> Send(TestRequest request)
    {
        FindGateway(out string? gateway);
        // A .NET app is the program that the super-server starts, and needs no gateway.
        bool isApp = script.Form.Line?.Name is "dotnet" or "shim-dotnet";
        IReadOnlyList<string> command = isApp ? [script.Path] : [gateway!, .. _settings.Gateway.Skip(1), script.Path];
        GatewayAddress address = GatewayAddress.Exec(UserCommand.As(_settings.User, command, mayGainPrivileges: script.IsSetId)!)
            with
        { Environment = [], Directory = "/" };
        Protocol spoken = isApp ? Protocols.Scgi
            : Array.Find(Protocols.Known, protocol => protocol.Program == Path.GetFileName(_settings.Gateway[0])) ?? Protocols.Scgi;
        // A container names no script, and finds the one that it has been given.
        if (spoken == Protocols.Ajp13)
            request = request with { ScriptFilename = null, Secret = SecretOf(_settings.Gateway), Parameters = [] };
        try
        {
            // Flask responds to the name of an application alone with a redirect of its own, whatever its home page would be.
            LiveResponse response = LiveExchange.Ask(address, spoken, _settings.Patience, request,
                home => request.Method == "GET" && _settings.Recorded is null ? request with { Url = home } : null);
            return ResponseJudgement.Judge(script, response);
        }
        catch (ShimException exception)
        {
            return [script.Error(exception.Message)];
        }
    }

    /// <summary>The secret that the gateway asks for; null for none.</summary>
    /// <exception cref="ShimException">It cannot be read.</exception>
    private static byte[]? SecretOf(IReadOnlyList<string> gateway)
    {
        for (int i = 0; i < gateway.Count; i++)
        {
            if (gateway[i] == SecretFile.Option && i + 1 < gateway.Count)
                return SecretFile.ReadValue(gateway[i + 1]);
            if (gateway[i].StartsWith(SecretFile.Option + "=", StringComparison.Ordinal))
                return SecretFile.ReadValue(gateway[i][(SecretFile.Option.Length + 1)..]);
        }
        return null;
    }

    /// <summary>The reason why no request can be sent; null if one can.</summary>
    private Finding? FindGateway(out string? gateway)
    {
        string name = _settings.Gateway[0];
        gateway = name.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(name) : InstalledPrograms.Find(name);
        if (gateway is null)
            return script.Warning($"no request was sent: {name} is neither beside shimctl nor on the PATH")
                with
            { Advice = $"install it, or name it: --gateway /path/to/{name}" };
        if (UserCommand.As(_settings.User, [gateway]) is null)
        {
            if (UserAccount.Current.IsRoot)
                return script.Warning(
                    "nothing was run: setsid and setpriv of util-linux, by which programs are run as another user, are not there")
                    with
                { Advice = "install util-linux" };
            return script.Warning($"nothing was run: only root can run programs as user {_settings.User.Name}")
                with
            { Fix = ShellCommand.Of("sudo", "shimctl", "doctor", "--user", _settings.User.Name, script.Path) };
        }
        return _settings.User.FindObstacle(Access.Execute, gateway) is { } obstacle
            ? script.Warning($"no request was sent: user {_settings.User.Name} may not run "
                + $"{gateway}") with
            {
                Advice = $"{obstacle.Path} is closed to that user: install the gateway where everybody may run "
                    + $"it, such as /usr/local/libexec"
            }
            : null;
    }

    private TestRequest CreateRequest()
    {
        string? page = GitRepository.IsServedBy(script.Path) && _settings.VariableOf("GIT_PROJECT_ROOT") is { } root
            ? GitRepository.FindPage(root) : null;
        var request = new TestRequest
        {
            Url = RequestUrl.Parse($"/{Uri.EscapeDataString(Path.GetFileName(script.Path))}{page}", out _)!,
            ScriptFilename = script.Path,
            Headers = [("User-Agent", "shimctl"), ("Accept", "*/*")],
        };
        if (_settings.Recorded is { } recorded)
        {
            request = request with { Method = recorded.Method, Headers = [], Parameters = recorded.Variables };
            return recorded.Body.Length > 0 ? request.WithBody(recorded.Body) : request;
        }
        if (_settings.Data is null)
            return request;
        IReadOnlyList<(string, string)> headers = [.. request.Headers, ("Content-Type", "application/x-www-form-urlencoded")];
        return (request with { Method = "POST", Headers = headers }).WithBody(Encoding.UTF8.GetBytes(_settings.Data));
    }
}
