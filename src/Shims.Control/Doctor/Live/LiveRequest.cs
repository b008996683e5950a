using System.Text;
using Shims.Control.Client;
using Shims.Control.Doctor.Fixes;
using Shims.Control.Doctor.Scripts;
using Shims.Control.Processes;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Posix;

namespace Shims.Control.Doctor.Live;

/// <summary>Sends a script one real request, through the gateway that is started as inetd would start it.</summary>
internal sealed class LiveRequest(ScriptCase script)
{
    private readonly DoctorSettings _settings = script.Settings;

    internal IEnumerable<Finding> Send()
    {
        if (FindGateway(out string? gateway) is { } excuse)
            return [excuse];
        // A .NET app is the program that the super-server starts, and needs no gateway.
        bool isApp = script.Form.Line?.Name is "dotnet" or "shim-dotnet";
        IReadOnlyList<string> command = isApp ? [script.Path] : [gateway!, .. _settings.Gateway.Skip(1), script.Path];
        GatewayAddress address = GatewayAddress.Exec(UserCommand.As(_settings.User, command)!) with { Environment = [], Directory = "/" };
        bool isFastCgi = Path.GetFileName(_settings.Gateway[0]) == "fcgi-run" && !isApp;
        try
        {
            return AnswerJudgement.Judge(script, ExchangeAsync(address, isFastCgi ? Protocols.FastCgi : Protocols.Scgi).GetAwaiter().GetResult());
        }
        catch (ShimException exception)
        {
            return [script.Error(exception.Message)];
        }
    }

    /// <summary>Why no request can be sent; null if one can.</summary>
    private Finding? FindGateway(out string? gateway)
    {
        string name = _settings.Gateway[0];
        gateway = name.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(name) : InstalledPrograms.Find(name);
        if (gateway is null)
            return script.Warning($"no request was sent: {name} is neither beside shimctl nor on the PATH") with { Advice = $"install it, or name it: --gateway /path/to/{name}" };
        if (UserCommand.As(_settings.User, [gateway]) is null)
        {
            if (Identity.Current.IsRoot)
                return script.Warning("nothing was run: setsid and setpriv of util-linux, by which programs are run as another user, are not there") with { Advice = "install util-linux" };
            return script.Warning($"nothing was run: only root can run programs as user {_settings.User.Name}")
                with
            { Fix = ShellCommand.Of("sudo", "shimctl", "doctor", "--user", _settings.User.Name, script.Path) };
        }
        return _settings.User.FindObstacle(Access.Execute, gateway) is { } obstacle
            ? script.Warning($"no request was sent: user {_settings.User.Name} may not run {gateway}") with { Advice = $"{obstacle.Path} is closed to that user: install the gateway where everybody may run it, such as /usr/local/libexec" }
            : null;
    }

    private async Task<LiveAnswer> ExchangeAsync(GatewayAddress address, Protocol protocol)
    {
        var record = new ExchangeRecord();
        using var ending = new CancellationTokenSource();
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        Task<LiveAnswer> answer = ReceiveAsync(address, protocol, record, ending.Token);
        if (await Task.WhenAny(answer, Task.Delay(_settings.Patience, CancellationToken.None)) == answer)
            return await answer;
        var processes = StartedProcesses.Find();
        await ending.CancelAsync();
        processes.Stop();
        await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return new LiveAnswer
        {
            IsTooSlow = true,
            Unfinished = record.Received,
            Said = record.Said,
            Time = System.Diagnostics.Stopwatch.GetElapsedTime(start),
        };
    }

    private async Task<LiveAnswer> ReceiveAsync(GatewayAddress address, Protocol protocol, ExchangeRecord record, CancellationToken cancellation)
    {
        await using GatewayResponse reply = await GatewayClient.SendAsync(CreateRequest(), address, protocol, record, cancellation);
        var buffer = new byte[32 * 1024];
        while (await reply.ReadBodyAsync(buffer, cancellation) > 0)
        {
            // Only how much it is counts.
        }
        ExitStatus? exit = await reply.AwaitExitAsync(TimeSpan.FromSeconds(1));
        return new LiveAnswer
        {
            Head = reply.Head,
            Unfinished = reply.Unfinished,
            BodyLength = reply.BodyLength,
            Fault = reply.Fault,
            Said = reply.StandardError,
            Exit = exit,
            Time = reply.Times.LastByte ?? reply.Times.Elapsed,
        };
    }

    private TestRequest CreateRequest()
    {
        var request = new TestRequest
        {
            Url = RequestUrl.Parse($"/{Uri.EscapeDataString(Path.GetFileName(script.Path))}", out _)!,
            ScriptFilename = script.Path,
            Headers = [("User-Agent", "shimctl"), ("Accept", "*/*")],
        };
        if (_settings.Data is null)
            return request;
        IReadOnlyList<(string, string)> headers = [.. request.Headers, ("Content-Type", "application/x-www-form-urlencoded")];
        return (request with { Method = "POST", Headers = headers }).WithBody(Encoding.UTF8.GetBytes(_settings.Data));
    }
}
