using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Shims.Control.Client;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Gateway.Serving;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary><c>shimctl request</c>: curl for SCGI, FastCGI, uwsgi and AJP13.</summary>
internal sealed class RequestCommand : ControlSubcommand
{
    /// <summary>The longest time in seconds that a timer takes: 46 days.</summary>
    private const int LongestWait = 4_000_000;

    private readonly Argument<string> _url = new("URL")
    {
        Description = "The URL that a browser would ask for: http://HOST/PATH?QUERY, or /PATH?QUERY alone.",
    };
    private readonly Option<string?> _to = Valued<string?>("--to", "ADDRESS",
        "The gateway: unix:PATH, tcp:HOST:PORT, or exec:'COMMAND ARGUMENT...', which is started with the connection as " +
            "descriptors 0 and 1, as inetd nowait does; a handler gets the whole path as PATH_INFO. uwsgi://HOST:PORT and the like, as in " +
            "Apache, name the protocol too.");
    private readonly ProtocolOptions _protocols = new(Protocols.Known, protocol => protocol == Protocols.Scgi
        ? "Speak SCGI. Default: what the name of the command or socket contains: fcgi, fastcgi or php, uwsgi, or ajp; else SCGI."
        : $"Speak {protocol.Name}.");
    private readonly Option<string?> _method = Valued<string?>("--method", "METHOD",
        "The request method. Default: GET, or POST with --data.", "-X");
    private readonly Option<string[]> _headers = Valued<string[]>("--header", "HEADER",
        "A header of the browser, 'NAME: VALUE', which the script finds as HTTP_NAME. 'NAME:' removes a default header.", "-H");
    private readonly Option<string[]> _data = Valued<string[]>("--data", "DATA",
        "The body: text, @FILE, or - for standard input. Several are joined with &.", "-d");
    private readonly Option<string[]> _parameters = Valued<string[]>("--param", "NAME=VALUE",
        "Set or replace a variable, as scgi_param and fastcgi_param do; NAME alone removes it.");
    private readonly Option<string?> _script = Valued<string?>("--script-filename", "PATH",
        "The path of the script: sets SCRIPT_FILENAME and DOCUMENT_ROOT, and SCRIPT_NAME and PATH_INFO if its name is in the URL.");
    private readonly Option<string?> _secretFile = Valued<string?>("--secret-file", "FILE",
        "AJP13: send the secret in this file, which only its owner may read, as ajp-run --secret-file reads it.");
    private readonly Option<string> _role = new("--role")
    {
        Description = "The FastCGI role of the request.",
        DefaultValueFactory = _ => "responder",
    };
    private readonly Option<bool> _include = new("--include", "-i") { Description = "Write the header of the response before its body." };
    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Show variables, bytes or records in both directions, header and times on standard error.",
    };
    private readonly Option<bool> _fail = new("--fail")
    {
        Description = "Exit with status 1 if the response has a status of 400 or more; with --repeat, if any has.",
    };
    private readonly Option<bool> _dump = new("--dump")
    {
        Description = "Write the bytes of the request to standard output instead of sending it.",
    };
    private readonly Option<bool> _json = new("--json")
    {
        Description = "Write one JSON object: variables, status, headers, body, standard error, end of the response, times.",
    };
    private readonly Option<int?> _maxTime = Number("--max-time", "Give up after this time. Default: never.", "SECONDS");
    private readonly Option<int?> _repeat = Number("--repeat", "Send the request N times, and report throughput and latency.", "N");
    private readonly Option<int?> _concurrency = Number("--concurrency", "With --repeat: the number of requests at a time. Default: 1.",
        "N");

    internal RequestCommand()
        : base("request", "Sends a request to a gateway (SCGI, FastCGI, uwsgi, AJP13) as a web server would, and shows the response: curl for gateways.",
            new Example("shimctl request --to exec:'scgi-run hello.cgi' /hello.cgi",
                "Run a script as under inetd, without inetd and web server."),
            new Example("shimctl request --to unix:/run/shims/fcgi.sock --script-filename /srv/cgi-bin/hello.cgi -v /cgi-bin/hello.cgi",
                "Ask the gateway that listens there, and show every record."),
            new Example("shimctl request --to unix:/run/shims/scgi.sock --script-filename /srv/cgi-bin/form.cgi -d name=Ada -i " +
                "/cgi-bin/form.cgi", "Post a form, and show the header too."),
            new Example("shimctl request --to unix:/run/shims/scgi.sock --script-filename /srv/cgi-bin/hello.cgi --repeat 1000 " +
                "--concurrency 8 /cgi-bin/hello.cgi", "Measure throughput and latency."),
            new Example("shimctl request --to ajp://127.0.0.1:8009 --secret-file /etc/shims/ajp-secret -v /cgi-bin/hello.cgi",
                "Ask a gateway of Apache's mod_proxy_ajp, and show every packet."),
            new Example("shimctl request --dump --script-filename /srv/cgi-bin/hello.cgi /cgi-bin/hello.cgi | scgi-run /srv/cgi-bin/",
                "Write the request into a pipe or a file."))
    {
        _to.CompletionSources.Add("unix:", "tcp:", "exec:", "uwsgi://", "ajp://");
        _role.OneOf("responder", "authorizer");
        _headers.Validators.Add(RequestFields.CheckHeaders);
        _parameters.Validators.Add(RequestFields.CheckParameters);
        _method.Validators.Add(RequestFields.CheckMethod);
        _script.Validators.Add(CheckScript);
        foreach (Option option in (Option[])[_to, .. _protocols, _method, _headers, _data, _parameters, _script, _secretFile, _role, _include, _verbose,
            _fail, _dump, _json, _maxTime, _repeat, _concurrency])
        {
            Add(option);
        }
        Add(_url);
        Validators.Add(CheckTogether);
        // On a thread of its own, so that a signal ends the command although standard input or output keeps it waiting.
        SetAction((result, cancellation) => Task.Run(() => RunAsync(result, cancellation)));
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        (TestRequest request, byte[]? body) = await Task.Run(() => Read(result), CancellationToken.None).WaitAsync(cancellation);
        Protocol protocol = ProtocolOf(result.CommandResult);
        // Before anything is started, or connected to.
        _ = new RequestWriter(request, protocol);
        if (result.GetValue(_dump))
        {
            await using var output = new StandardOutput();
            await GatewayClient.WriteAsync(body is null ? request : request.WithBody(body), protocol, output, cancellation);
            return (int)ExitCode.Served;
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (result.GetValue(_maxTime) is { } seconds)
            timeout.CancelAfter(TimeSpan.FromSeconds(Math.Min(seconds, LongestWait)));
        GatewayAddress address = GatewayAddress.Parse(result.GetValue(_to)!, out _)!;
        var display = new ResponseDisplay
        {
            IncludesHeader = result.GetValue(_include),
            IsVerbose = result.GetValue(_verbose),
            IsJson = result.GetValue(_json),
            FailsOnStatus = result.GetValue(_fail),
        };
        try
        {
            return result.GetValue(_repeat) is { } count
                ? await RepeatAsync(new RequestSeries(request, body, address, protocol), count, result, timeout.Token)
                : await display.ShowAsync(body is null ? request : request.WithBody(body), address, protocol, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw result.GetValue(_repeat) is null
                ? new ShimException(ExitCode.PeerError, $"timeout: no complete response within {result.GetValue(_maxTime)} s",
                    "-v shows how much of it arrived; raise --max-time if the script needs longer")
                : new ShimException(ExitCode.PeerError, $"timeout: some requests had no response within {result.GetValue(_maxTime)} s",
                    "send fewer requests, or raise --max-time");
        }
    }

    private async Task<int> RepeatAsync(RequestSeries series, int count, ParseResult result, CancellationToken cancellation)
    {
        SeriesResult measured = await series.RunAsync(count, result.GetValue(_concurrency) ?? 1, cancellation);
        Console.Out.Write(result.GetValue(_json) ? RequestJson.Serialize(measured) + "\n" : SeriesReport.Of(measured));
        return measured.ExitCode == ExitCode.Served && result.GetValue(_fail)
            && measured.Statuses.Keys.Any(status => status[0] is '4' or '5') ? ResponseDisplay.StatusIsError : (int)measured.ExitCode;
    }

    private (TestRequest Request, byte[]? Body) Read(ParseResult result)
    {
        byte[]? body = RequestData.Read(result.GetValue(_data));
        var headers = (result.GetValue(_headers) ?? []).Select(RequestFields.ParseHeader).ToList();
        if (body is not null)
            RequestFields.AddUnlessThere(headers, "Content-Type", "application/x-www-form-urlencoded");
        RequestFields.AddUnlessThere(headers, "Accept", "*/*");
        RequestFields.AddUnlessThere(headers, "User-Agent", TestRequest.OwnName);
        headers.RemoveAll(header => header.Value.Length == 0);
        var request = new TestRequest
        {
            Url = RequestUrl.Parse(result.GetValue(_url)!, out _)!,
            Method = result.GetValue(_method) ?? (body is null ? "GET" : "POST"),
            Headers = headers,
            Parameters = [.. (result.GetValue(_parameters) ?? []).Select(RequestFields.ParseParameter)],
            ScriptFilename = result.GetValue(_script) is { } path ? Path.GetFullPath(path) : null,
            IsForHandler = result.GetValue(_to) is { } to && result.GetValue(_script) is null && GatewayAddress.Parse(to, out _)!.IsHandler,
            Secret = result.GetValue(_secretFile) is { } secret ? SecretFile.ReadValue(secret) : null,
            Role = result.GetValue(_role) == "authorizer" ? Role.Authorizer : Role.Responder,
        };
        return (request, body);
    }

    private Protocol ProtocolOf(CommandResult result)
    {
        GatewayAddress? address = Given(result, _to) is { } to ? GatewayAddress.Parse(to, out _) : null;
        return _protocols.Chosen(result) ?? address?.Protocol
            ?? (Given(result, _role) == "authorizer" ? Protocols.FastCgi : address?.LikelyProtocol ?? Protocols.Scgi);
    }

    /// <summary>The error of protocols that do not go together, or with other options; null if there is none.</summary>
    private string? ProtocolObjection(CommandResult result)
    {
        Protocol? named = Given(result, _to) is { } to ? GatewayAddress.Parse(to, out _)?.Protocol : null;
        Protocol? chosen = _protocols.Chosen(result) ?? named;
        return _protocols.Objection(result)
            ?? (named is not null && named != chosen
                ? $"--to {named.Scheme}:// and {ProtocolOption.NameOf(chosen!)} cannot be combined: name one protocol"
            : Given(result, _role) == "authorizer" && chosen is not null && chosen != Protocols.FastCgi
                ? $"{chosen.Name} has no authorizers: use --fastcgi, or leave --role out"
            : result.GetResult(_secretFile) is not null && ProtocolOf(result) != Protocols.Ajp13
                ? "--secret-file is for AJP13: use --ajp, or leave it out"
            : null);
    }

    private void CheckTogether(CommandResult result)
    {
        string? fault = null;
        // Whether its value is a number is checked elsewhere.
        bool isSeries = result.GetResult(_repeat) is not null;
        bool isDump = Given(result, _dump), isAuthorizer = Given(result, _role) == "authorizer";
        string? url = result.GetResult(_url)?.Tokens is [var token, ..] ? token.Value : null;
        if (url is ['-', _, ..])
        {
            (string cause, string cure) = CommandLineFault.Unknown(url, result.Command, "leave it out");
            fault = $"{cause}: {cure}";
        }
        else if (Given(result, _to) is { } to)
            _ = GatewayAddress.Parse(to, out fault);
        else if (!isDump && result.GetResult(_to) is null)
        {
            fault = "--to is missing: give the address of the gateway, for example --to unix:/run/shims/scgi.sock, --to " +
                "tcp:127.0.0.1:4000 or --to exec:'scgi-run hello.cgi'";
        }
        if (fault is null && url is not null)
            _ = RequestUrl.Parse(url, out fault);
        bool hasDisplay = Given(result, _verbose) || Given(result, _include);
        fault ??= ProtocolObjection(result)
            ?? (isAuthorizer && result.GetResult(_data) is not null ? "an authorizer gets no body: leave -d or --role out"
            : isDump && (hasDisplay || Given(result, _json) || Given(result, _fail))
                ? "--dump sends nothing, so there is no response: leave -v, -i, --json and --fail out"
            : !isSeries && result.GetResult(_concurrency) is not null ? "--concurrency has no effect on a single request: give --repeat too"
            : isSeries && (hasDisplay || isDump) ? "--repeat shows no responses: leave -v, -i and --dump out"
            : null);
        if (fault is not null)
            result.AddError(fault);
    }

    private static void CheckScript(OptionResult option)
    {
        if (option.Tokens is [{ Value: "" }])
            option.AddError("--script-filename takes a path, not \"\": write for example --script-filename /srv/cgi-bin/hello.cgi");
    }

    private static Option<int?> Number(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value > 0)
                return value;
            argument.AddError($"{name} takes a whole number from 1 on, not \"{argument.Tokens[0].Value}\": write for example {name} 10");
            return null;
        },
    };
}
