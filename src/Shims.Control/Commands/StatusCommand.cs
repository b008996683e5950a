using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Shims.Control.Client;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Serving;
using Shims.Posix;

namespace Shims.Control.Commands;

/// <summary><c>shimctl status</c>: shows what a gateway does, and what it has done.</summary>
internal sealed class StatusCommand : ControlSubcommand
{
    private const string UsualPath = "/shims-status";

    /// <summary>Puts the cursor at the start of an empty screen. ECMA-48: CUP, ED.</summary>
    private const string EmptyScreen = "\e[H\e[2J";

    private const int UsualInterval = 2, LongestInterval = 86_400;

    /// <summary>How long an answer may take: what counts is known at once.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly Argument<string> _socket = new("SOCKET")
    {
        Description = "Where the gateway listens: a path, unix:PATH, tcp:HOST:PORT, or uwsgi://HOST:PORT and the like.",
    };
    private readonly ProtocolOptions _protocols = new(Protocols.Known, protocol => protocol == Protocols.Scgi
        ? "Speak SCGI. Default: what the name of the socket contains: fcgi or fastcgi, uwsgi, or ajp; else SCGI."
        : $"Speak {protocol.Name}.");
    private readonly Option<string> _path = new("--path")
    {
        Description = "The gateway's --status-path.",
        HelpName = "PATH",
        DefaultValueFactory = _ => UsualPath,
    };
    private readonly Option<string?> _secretFile = Valued<string?>("--secret-file", "FILE",
        "AJP13: send the secret in this file, which only its owner may read.");
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON object." };
    private readonly Option<bool> _metrics = new("--openmetrics") { Description = "Write what Prometheus reads." };
    private readonly Option<bool> _watch = new("--watch") { Description = "Show it again and again, until ctrl-C." };
    private readonly Option<int?> _interval;

    internal StatusCommand()
        : base("status", "Shows what a gateway with --status-path does and has done: what runs, what waits, requests by status.",
            new Example("shimctl status /run/shims/scgi.sock", "Once; the gateway has the option --status-path /shims-status."),
            new Example("shimctl status --watch /run/shims/fcgi.sock", "Until ctrl-C."),
            new Example("shimctl status --json tcp:127.0.0.1:4000", "For a program."))
    {
        _interval = new Option<int?>("--interval")
        {
            Description = $"With --watch: seconds between two looks. Default: {UsualInterval.ToString(CultureInfo.InvariantCulture)}.",
            HelpName = "SECONDS",
            CustomParser = ReadInterval,
        };
        foreach (Option option in (Option[])[.. _protocols, _path, _secretFile, _json, _metrics, _watch, _interval])
            Add(option);
        _socket.Validators.Add(CheckNames);
        Add(_socket);
        Validators.Add(CheckTogether);
        SetAction((result, cancellation) => Task.Run(() => RunAsync(result, cancellation)));
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        GatewayAddress address = AddressOf(result.GetValue(_socket)!, out _)!;
        Protocol protocol = _protocols.Chosen(result.CommandResult) ?? address.LikelyProtocol ?? Protocols.Scgi;
        string path = result.GetValue(_path)!;
        string query = result.GetValue(_json) ? "?json" : result.GetValue(_metrics) ? "?openmetrics" : "";
        var request = new TestRequest
        {
            Url = RequestUrl.Parse(path + query, out _)!,
            Parameters = protocol == Protocols.Ajp13 ? [] : [("SCRIPT_NAME", path), ("PATH_INFO", "")],
            Secret = result.GetValue(_secretFile) is { } secret ? SecretFile.ReadValue(secret) : null,
        };
        if (!result.GetValue(_watch))
        {
            await WriteAsync(await AskAsync(request, address, protocol, cancellation), cancellation);
            return (int)ExitCode.Served;
        }
        var interval = TimeSpan.FromSeconds(result.GetValue(_interval) ?? UsualInterval);
        string start = Libc.IsTerminal(1) ? EmptyScreen : "";
        for (string page = await AskAsync(request, address, protocol, cancellation); ; page = await AskAgainAsync(request, address, protocol, cancellation))
        {
            await WriteAsync($"{start}{page}{(start.Length == 0 ? "\n" : "")}", cancellation);
            await Task.Delay(interval, cancellation);
        }
    }

    /// <summary>The text of the page, or the reason why there is none: the gateway may have ended when idle, or be replaced now, and the next look may find it.</summary>
    private static async Task<string> AskAgainAsync(TestRequest request, GatewayAddress address, Protocol protocol, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(request, address, protocol, cancellation);
        }
        catch (ShimException exception)
        {
            return VisibleText.OfLine(exception.Message) + "\n";
        }
    }

    private static async Task WriteAsync(string text, CancellationToken cancellation)
    {
        await using var output = new StandardOutput();
        await output.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation);
    }

    /// <summary>The text of the page.</summary>
    /// <exception cref="ShimException">There is none.</exception>
    private static async Task<string> AskAsync(TestRequest request, GatewayAddress address, Protocol protocol, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(s_patience);
        try
        {
            await using GatewayResponse response = await GatewayClient.SendAsync(request, address, protocol, observer: null, timeout.Token);
            string text = Encoding.UTF8.GetString(await response.ReadToEndAsync(timeout.Token));
            string path = Encoding.UTF8.GetString(request.Url.Path);
            if (response.Fault is { } fault)
                throw new ShimException(ExitCode.PeerError, fault.Cause, fault.Cure);
            int status = response.Head!.Status;
            return status == 200 && IsStatus(response.Head, text) ? text : throw status switch
            {
                501 => new ShimException(ExitCode.PeerError, $"{address} belongs to a process for one connection, of which there is nothing to show",
                    "let the super-server pass the listening socket (inetd: wait, systemd: Accept=no)"),
                200 => new ShimException(ExitCode.PeerError, $"{address} has a page of its own for {path}, and not the gateway's status", $"start the gateway with --status-path {path}"),
                _ => new ShimException(ExitCode.PeerError, $"{address} answers {path} with a status of {status}", $"start the gateway with --status-path {path}, or name its path with --path"),
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ShimException(ExitCode.PeerError, $"{address} gave no whole answer within {s_patience.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s",
                "see whether the process is stopped or busy: its log says more");
        }
    }

    /// <summary>What a script may have written instead is not shown: it could be anything.</summary>
    private static bool IsStatus(GatewayResponseHead head, string text) =>
        head.Find("Cache-Control") == "no-store" && (text.StartsWith("program:", StringComparison.Ordinal) || text.StartsWith("{\"program\":", StringComparison.Ordinal) || text.StartsWith("# TYPE shims_", StringComparison.Ordinal));

    /// <summary>A path alone is that of a unix socket.</summary>
    private static GatewayAddress? AddressOf(string text, out string? fault)
    {
        string address = text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal) ? $"unix:{text}" : text;
        GatewayAddress? parsed = GatewayAddress.Parse(address, out fault);
        if (parsed is not { Kind: AddressKind.Exec })
            return parsed;
        fault = "exec: starts a process for one connection, of which there is nothing to show: name the socket of one that listens";
        return null;
    }

    private void CheckTogether(CommandResult result)
    {
        string? fault = null;
        if (result.GetResult(_socket)?.Tokens is [var token, ..])
            _ = AddressOf(token.Value, out fault);
        // The default is not there yet.
        string path = Given(result, _path) ?? UsualPath;
        if (fault is null && (!path.StartsWith('/') || RequestUrl.Parse(path, out fault) is null))
            fault ??= "--path takes a path that begins with a slash: write for example --path /shims-status";
        fault ??= _protocols.Objection(result)
            ?? (Given(result, _json) && Given(result, _metrics) ? "--json and --openmetrics cannot be combined: give one of them"
            : result.GetResult(_interval) is not null && !Given(result, _watch) ? "--interval has no effect on a single look: give --watch too"
            : null);
        if (fault is not null)
            result.AddError(fault);
    }

    private static int? ReadInterval(ArgumentResult argument)
    {
        if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds is > 0 and <= LongestInterval)
            return seconds;
        argument.AddError($"--interval takes a number of seconds from 1 on, not \"{argument.Tokens[0].Value}\": write for example --interval 5");
        return null;
    }
}
