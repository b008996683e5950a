using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Shims.Control.Client;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;

namespace Shims.Control.Commands;

/// <summary><c>shimctl request</c>: what curl is for HTTP, for SCGI and FastCGI.</summary>
internal sealed class RequestCommand : ControlSubcommand
{
    /// <summary>Seconds that a timer can count: 46 days.</summary>
    private const int LongestPatience = 4_000_000;

    private readonly Argument<string> _url = new("URL") { Description = "http://HOST/PATH?QUERY, or /PATH?QUERY alone: what a browser would ask for." };
    private readonly Option<string?> _to = new("--to") { Description = "The gateway: unix:PATH, tcp:HOST:PORT, or exec:'COMMAND ARGUMENT...', which is started with the connection as descriptors 0 and 1, as inetd nowait does.", HelpName = "ADDRESS" };
    private readonly Option<bool> _scgi = new("--scgi") { Description = "Speak SCGI. Default: what the name of the command or socket tells (fcgi, fastcgi, php: FastCGI), else SCGI." };
    private readonly Option<bool> _fastCgi = new("--fastcgi") { Description = "Speak FastCGI." };
    private readonly Option<string?> _method = new("--method", "-X") { Description = "The method. Default: GET, or POST with --data.", HelpName = "METHOD" };
    private readonly Option<string[]> _headers = new("--header", "-H") { Description = "A header of the browser, 'NAME: VALUE'. It arrives as HTTP_NAME. 'NAME:' leaves out one that would be sent.", HelpName = "HEADER" };
    private readonly Option<string[]> _data = new("--data", "-d") { Description = "The body: the text itself, @FILE, or - for standard input. Several are joined with &.", HelpName = "DATA" };
    private readonly Option<string[]> _parameters = new("--param") { Description = "Set a variable as scgi_param or fastcgi_param would, in place of what would be sent; NAME alone leaves it out.", HelpName = "NAME=VALUE" };
    private readonly Option<string?> _script = new("--script-filename") { Description = "The script's path: sets SCRIPT_FILENAME and DOCUMENT_ROOT, and SCRIPT_NAME and PATH_INFO where its name is in the URL.", HelpName = "PATH" };
    private readonly Option<string> _role = new("--role") { Description = "FastCGI: ask as a responder, or as an authorizer.", DefaultValueFactory = _ => "responder" };
    private readonly Option<bool> _include = new("--include", "-i") { Description = "Write the header of the reply before its body." };
    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Show on standard error: variables, bytes or records both ways, header, times." };
    private readonly Option<bool> _fail = new("--fail") { Description = "Exit with 1 if the status is 400 or more; with --repeat, if one is." };
    private readonly Option<bool> _dump = new("--dump") { Description = "Send nothing: write the bytes of the request to standard output." };
    private readonly Option<bool> _json = new("--json") { Description = "Write one JSON object with all of it: variables, status, headers, body, standard error, how it ended, times." };
    private readonly Option<int?> _maxTime = Number("--max-time", "Give up after so long. Default: never.", "SECONDS");
    private readonly Option<int?> _repeat = Number("--repeat", "Send the request N times, and tell throughput and how long replies took.", "N");
    private readonly Option<int?> _concurrency = Number("--concurrency", "With --repeat: so many at a time. Default: 1.", "N");

    internal RequestCommand()
        : base("request", "Sends a request to an SCGI or FastCGI gateway as nginx would, and shows what comes back: curl for gateways.",
            new Example("shimctl request --to exec:'scgi-run hello.cgi' /hello.cgi", "Run a script as inetd would have it run, with no inetd and no web server."),
            new Example("shimctl request --to unix:/run/shims/fcgi.sock --script-filename /srv/cgi-bin/hello.cgi -v /cgi-bin/hello.cgi", "Ask what listens there, and see every record."),
            new Example("shimctl request --to unix:/run/shims/scgi.sock --script-filename /srv/cgi-bin/form.cgi -d name=Ada -i /cgi-bin/form.cgi", "Post a form, and see the header too."),
            new Example("shimctl request --to unix:/run/shims/scgi.sock --script-filename /srv/cgi-bin/hello.cgi --repeat 1000 --concurrency 8 /cgi-bin/hello.cgi", "Measure throughput and latency."),
            new Example("shimctl request --dump --script-filename /srv/cgi-bin/hello.cgi /cgi-bin/hello.cgi | scgi-run /srv/cgi-bin/", "Write the request, for a pipe or a file."))
    {
        _role.AcceptOnlyFromAmong("responder", "authorizer");
        _headers.Validators.Add(CheckHeaders);
        _parameters.Validators.Add(CheckParameters);
        _method.Validators.Add(CheckMethod);
        _script.Validators.Add(CheckScript);
        foreach (Option option in (Option[])[_to, _scgi, _fastCgi, _method, _headers, _data, _parameters, _script, _role, _include, _verbose, _fail, _dump, _json, _maxTime, _repeat, _concurrency])
            Add(option);
        Add(_url);
        Validators.Add(CheckTogether);
        SetAction(RunAsync);
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellation)
    {
        (TestRequest request, byte[]? body) = Read(result);
        Protocol protocol = ProtocolOf(result);
        if (result.GetValue(_dump))
        {
            await using var output = new StandardOutput();
            await GatewayClient.WriteAsync(body is null ? request : request.WithBody(body), protocol, output, cancellation);
            return (int)ExitCode.Served;
        }
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (result.GetValue(_maxTime) is { } seconds)
            patience.CancelAfter(TimeSpan.FromSeconds(Math.Min(seconds, LongestPatience)));
        GatewayAddress address = GatewayAddress.Parse(result.GetValue(_to)!, out _)!;
        var display = new ReplyDisplay
        {
            IncludesHeader = result.GetValue(_include),
            IsVerbose = result.GetValue(_verbose),
            IsJson = result.GetValue(_json),
            FailsOnStatus = result.GetValue(_fail),
        };
        try
        {
            return result.GetValue(_repeat) is { } count
                ? await RepeatAsync(new RequestSeries(request, body, address, protocol), count, result, patience.Token)
                : await display.ShowAsync(body is null ? request : request.WithBody(body), address, protocol, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw result.GetValue(_repeat) is null
                ? new ShimException(ExitCode.PeerError, $"no complete reply within {result.GetValue(_maxTime)} s", "see with -v how far it came, or raise --max-time")
                : new ShimException(ExitCode.PeerError, $"not all requests were answered within {result.GetValue(_maxTime)} s", "send fewer, or raise --max-time");
        }
    }

    private async Task<int> RepeatAsync(RequestSeries series, int count, ParseResult result, CancellationToken cancellation)
    {
        SeriesResult measured = await series.RunAsync(count, result.GetValue(_concurrency) ?? 1, cancellation);
        Console.Out.Write(result.GetValue(_json) ? RequestJson.Serialize(measured) + "\n" : SeriesReport.Of(measured));
        return measured.ExitCode == ExitCode.Served && result.GetValue(_fail) && measured.Statuses.Keys.Any(status => status[0] is '4' or '5') ? ReplyDisplay.StatusIsError : (int)measured.ExitCode;
    }

    private (TestRequest Request, byte[]? Body) Read(ParseResult result)
    {
        byte[]? body = RequestData.Read(result.GetValue(_data));
        var headers = (result.GetValue(_headers) ?? []).Select(ParseHeader).ToList();
        if (body is not null)
            AddUnlessThere(headers, "Content-Type", "application/x-www-form-urlencoded");
        AddUnlessThere(headers, "Accept", "*/*");
        AddUnlessThere(headers, "User-Agent", TestRequest.OwnName);
        headers.RemoveAll(header => header.Value.Length == 0);
        var request = new TestRequest
        {
            Url = RequestUrl.Parse(result.GetValue(_url)!, out _)!,
            Method = result.GetValue(_method) ?? (body is null ? "GET" : "POST"),
            Headers = headers,
            Parameters = [.. (result.GetValue(_parameters) ?? []).Select(ParseParameter)],
            ScriptFilename = result.GetValue(_script) is { } path ? Path.GetFullPath(path) : null,
            Role = result.GetValue(_role) == "authorizer" ? Role.Authorizer : Role.Responder,
        };
        return (request, body);
    }

    private Protocol ProtocolOf(ParseResult result)
    {
        if (result.GetValue(_scgi))
            return Protocols.Scgi;
        bool isFastCgi = result.GetValue(_fastCgi) || result.GetValue(_role) == "authorizer"
            || (result.GetValue(_to) is { } to && GatewayAddress.Parse(to, out _)!.SeemsToSpeakFastCgi);
        return isFastCgi ? Protocols.FastCgi : Protocols.Scgi;
    }

    private void CheckTogether(CommandResult result)
    {
        string? fault = null;
        // Its value may be no number, which is said elsewhere.
        bool isSeries = result.GetResult(_repeat) is not null;
        bool isDump = Given(result, _dump), isAuthorizer = Given(result, _role) == "authorizer";
        string? url = result.GetResult(_url)?.Tokens is [var token, ..] ? token.Value : null;
        if (url is ['-', _, ..])
            fault = $"unknown option {url}: leave it out";
        else if (Given(result, _to) is { } to)
            _ = GatewayAddress.Parse(to, out fault);
        else if (!isDump && result.GetResult(_to) is null)
            fault = "--to is missing: say where the gateway is, for example --to unix:/run/shims/scgi.sock, --to tcp:127.0.0.1:4000 or --to exec:'scgi-run hello.cgi'";
        if (fault is null && url is not null)
            _ = RequestUrl.Parse(url, out fault);
        fault ??= Given(result, _scgi) && Given(result, _fastCgi) ? "--scgi and --fastcgi exclude each other: give one"
            : Given(result, _scgi) && isAuthorizer ? "SCGI has no authorizers: use --fastcgi, or leave --role out"
            : isAuthorizer && result.GetResult(_data) is not null ? "an authorizer gets no body: leave -d or --role out"
            : isDump && (Given(result, _verbose) || Given(result, _include) || Given(result, _json) || Given(result, _fail)) ? "--dump sends nothing, so there is no reply: leave -v, -i, --json and --fail out"
            : !isSeries && result.GetResult(_concurrency) is not null ? "--concurrency says how many of several requests are sent at a time: give --repeat too"
            : isSeries && (Given(result, _verbose) || Given(result, _include) || isDump) ? "--repeat measures and shows no replies: leave -v, -i and --dump out"
            : null;
        if (fault is not null)
            result.AddError(fault);
    }

    private static void CheckHeaders(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            (string name, string value) = ParseHeader(token.Value);
            if (!IsToken(name))
                option.AddError($"-H takes 'NAME: VALUE', not \"{token.Value}\": write for example -H 'Accept-Language: de'");
            else if (value.Any(character => char.IsControl(character) && character != '\t'))
                option.AddError($"the header {name} has a line end or another control character in it, which no web server passes on: leave it out, or set the variable: --param HTTP_{name.ToUpperInvariant().Replace('-', '_')}=VALUE");
            else if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                option.AddError("the length of the body is counted: leave -H Content-Length out, or send one that is false by --param CONTENT_LENGTH=N");
            else if (TestRequest.IsDropped(name))
                option.AddError($"nginx drops a header with an underscore in its name ({name}), as HTTP_{name.ToUpperInvariant()} could be another header's: write - for _, or --param HTTP_{name.ToUpperInvariant()}=VALUE");
        }
    }

    /// <summary>A token, as RFC 9110 section 9.1 wants it.</summary>
    private static void CheckMethod(OptionResult option)
    {
        if (option.Tokens is [var token] && !IsToken(token.Value))
            option.AddError($"-X takes a method, not \"{token.Value}\": write for example -X PUT");
    }

    private static void CheckScript(OptionResult option)
    {
        if (option.Tokens is [{ Value: "" }])
            option.AddError("--script-filename takes a path, not \"\": write for example --script-filename /srv/cgi-bin/hello.cgi");
    }

    private static bool IsToken(string text) => text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character, StringComparison.Ordinal));

    private static void CheckParameters(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (ParseParameter(token.Value).Name.Length == 0)
                option.AddError($"--param takes NAME=VALUE, not \"{token.Value}\": write for example --param REMOTE_USER=ada");
        }
    }

    private static (string Name, string Value) ParseHeader(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? ("", "") : (text[..colon], text[(colon + 1)..].Trim());
    }

    private static (string Name, string? Value) ParseParameter(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    private static void AddUnlessThere(List<(string Name, string Value)> headers, string name, string value)
    {
        if (!headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            headers.Add((name, value));
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
