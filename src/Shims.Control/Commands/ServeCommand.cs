using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Shims.Control.Serve;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary><c>shimctl serve</c>: scripts and apps in a browser, without web server and super-server.</summary>
internal sealed class ServeCommand : ControlSubcommand
{
    private readonly Argument<string> _what = new("WHAT")
    {
        Description = "A directory of scripts, a script, a .cs app, or with --app a program.",
        DefaultValueFactory = _ => ".",
    };
    private readonly Argument<string[]> _arguments = new("ARG")
    {
        Description = "Arguments for the script or app.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<int> _port = new("--port")
    {
        Description = "The port to listen on; 0 for any free port.",
        HelpName = "PORT",
        DefaultValueFactory = _ => 8080,
    };
    private readonly Option<string> _listen = new("--listen")
    {
        Description = "The address to listen on. Everyone who can reach it can run the scripts.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => "127.0.0.1",
    };
    private readonly ProtocolOptions _protocols = new(Protocols.Known, protocol =>
        $"Run scripts with {protocol.Program}, and speak {protocol.Name}.{(protocol == Protocols.Scgi ? " This is the default." : "")}");
    private readonly Option<bool> _app = new("--app")
    {
        Description = "WHAT is a program that speaks the protocol itself; start it as inetd would.",
    };
    private readonly Option<string[]> _env = Valued<string[]>("--env", "NAME=VALUE",
        "Set a variable of the scripts' environment, with the gateway's option of the same name.");
    private readonly Option<string[]> _allowEnv = Valued<string[]>("--allow-env", "NAME",
        "Pass a variable of requests to scripts that is otherwise held back, with the gateway's option of the same name.");
    private readonly Option<string[]> _interpreter = Valued<string[]>("--interpreter", ".EXTENSION=PROGRAM",
        "Run files with this extension by this program, with the gateway's option of the same name; files of other kinds are sent as " +
        "they are.");
    private readonly Option<string?> _index = Valued<string?>("--index", "NAME,...",
        "Respond for a directory with the first of these files. Where an interpreter for .php is named, this is index.php.");
    private readonly Option<bool> _live = new("--live") { Description = "Reload HTML pages in the browser when a file changes." };
    private readonly Option<int?> _readTimeout = Valued<int?>("--read-timeout", "SECONDS",
        "End a program that sends nothing for so long, with a 504; 0: never. Default: 60 for apps, 0 for scripts.");
    private readonly Option<string[]> _allowHost = Valued<string[]>("--allow-host", "NAME",
        "One more host name for this server, beside localhost.");

    internal ServeCommand()
        : base("serve", "Runs scripts and apps for a browser, without web server, inetd and root: starts a program for each request, as " +
            "inetd does, and shows every request at /_shims/. For development, on this machine only.",
            new Example("shimctl serve /srv/cgi-bin/", "The scripts of a directory, at http://127.0.0.1:8080/."),
            new Example("shimctl serve --interpreter .php=/usr/bin/php-cgi /srv/www/", "A folder of PHP pages, with their style sheets."),
            new Example("shimctl serve --live --port 0 hello.cs", "A .NET app on a free port; its page reloads after each edit."),
            new Example("shimctl serve --fastcgi --env GIT_PROJECT_ROOT=/srv/git --env GIT_HTTP_EXPORT_ALL=1 " +
                "/usr/lib/git-core/git-http-backend", "One program for all URLs, run by fcgi-run."))
    {
        _port.Validators.Add(CheckPort);
        _listen.Validators.Add(CheckAddress);
        _env.Validators.Add(CheckVariables);
        _readTimeout.Validators.Add(CheckSeconds);
        _interpreter.Validators.Add(InterpreterValues.Check);
        _index.Validators.Add(InterpreterValues.CheckIndexes);
        _what.Validators.Add(CheckNames);
        Validators.Add(CheckProtocol);
        Add(_what);
        Add(_arguments);
        foreach (Option option in
            (Option[])[_port, _listen, .. _protocols, _app, _env, _allowEnv, _interpreter, _index, _live, _readTimeout, _allowHost])
            Add(option);
        // Not an asynchronous action: the library ends the process two seconds after SIGINT, even if programs still run.
        SetAction(result => RunAsync(result).GetAwaiter().GetResult());
    }

    private async Task<int> RunAsync(ParseResult result)
    {
        ServeSettings settings = SettingsOf(result);
        using var server = new DevelopmentServer(settings) { RequestEnded = Print, BuildProgress = Print };
        IPEndPoint endpoint = await server.StartAsync();
        string url = $"http://{DevelopmentServer.Authority(endpoint)}/";
        Console.WriteLine($"Serving {settings.What} at {TerminalStyle.Output.Bold(url)}");
        Console.WriteLine($"Requests are shown at {url}_shims/");
        if (!IPAddress.IsLoopback(settings.Address))
        {
            Console.Error.WriteLine(TerminalStyle.Error.Yellow($"Warning: everyone who can reach {settings.Address} can run these " +
                $"scripts as {Environment.UserName}. This is a development tool: no TLS, no passwords, no limits."));
        }
        Console.WriteLine("For development, not for production. Press Ctrl-C to stop.");
        await server.RunToEndAsync();
        return (int)ExitCode.Served;
    }

    private ServeSettings SettingsOf(ParseResult result)
    {
        string named = result.GetValue(_what)!;
        string what = Path.GetFullPath(named);
        if (Directory.Exists(what))
            what = what.TrimEnd('/') + "/";
        else if (!File.Exists(what))
        {
            throw new ShimException(ExitCode.Usage, $"no such file or directory: {named}",
                "name a directory of scripts, a script, or an app");
        }
        bool isApp = result.GetValue(_app);
        if (isApp && what.EndsWith('/'))
        {
            throw new ShimException(ExitCode.Usage, $"{named} is a directory, but --app takes a program",
                "name the program, or leave --app out");
        }
        return new ServeSettings
        {
            What = what,
            Arguments = result.GetValue(_arguments) ?? [],
            IsApp = isApp,
            Protocol = _protocols.Chosen(result.CommandResult) ?? Protocols.Scgi,
            Env = result.GetValue(_env) ?? [],
            AllowedEnv = result.GetValue(_allowEnv) ?? [],
            Interpreters = InterpretersOf(result.GetValue(_interpreter) ?? []),
            Indexes = IndexesOf(result),
            Address = IPAddress.Parse(result.GetValue(_listen)!),
            Port = result.GetValue(_port),
            AllowedHosts = result.GetValue(_allowHost) ?? [],
            IsLive = result.GetValue(_live),
            ReadTimeout = result.GetValue(_readTimeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static IReadOnlyDictionary<string, string> InterpretersOf(string[] values)
    {
        var interpreters = new Dictionary<string, string>();
        foreach (string value in values)
        {
            string[] parts = value.Split('=', 2);
            string extension = parts[0], program = parts[1];
            if (!File.Exists(program))
                throw new ShimException(ExitCode.Usage, $"--interpreter {value}: there is no such program",
                    "install it, or correct its path");
            interpreters[extension] = program;
        }
        return interpreters;
    }

    private string[] IndexesOf(ParseResult result) =>
        result.GetValue(_index)?.Split(',')
            ?? (InterpretersOf(result.GetValue(_interpreter) ?? []).ContainsKey(".php") ? ["index.php"] : []);

    /// <summary>Prints a request on one line, as in an access log.</summary>
    private static void Print(RequestRecord record)
    {
        (RequestState state, int? status, double total, bool isCompiling, string? trouble) = record.Look(static noted =>
            (noted.State, noted.Status, noted.Times.Total, noted.IsCompiling, noted.Trouble));
        bool isEndedLate = state == RequestState.Aborted && trouble is not null;
        string mark = state switch
        {
            RequestState.Truncated => TerminalStyle.Output.Red("truncated"),
            RequestState.Aborted => isEndedLate ? TerminalStyle.Output.Yellow("ended") : TerminalStyle.Output.Faint("aborted"),
            _ when isCompiling => TerminalStyle.Output.Faint("compiling"),
            _ when status >= 400 => TerminalStyle.Output.Red($"{status}"),
            _ => $"{status}",
        };
        string target = PrintableText.Of(System.Text.Encoding.UTF8.GetBytes(record.Target));
        PrintLine(record.At, mark, isEndedLate ? $"{record.Method} {target}  {trouble}"
            : string.Create(CultureInfo.InvariantCulture, $"{record.Method} {target}  {total:0.0} ms"));
    }

    /// <summary>Prints the beginning of a compilation, its end, or its errors.</summary>
    private static void Print(AppBuild build)
    {
        DateTimeOffset now = DateTimeOffset.Now;
        if (!build.Ended.IsCompleted)
            PrintLine(now, TerminalStyle.Output.Faint("compiling"), build.Source);
        else if (build.Output is null)
            PrintLine(now, "compiled", string.Create(CultureInfo.InvariantCulture, $"{build.Source}  {build.Duration.TotalSeconds:0.0} s"));
        else
        {
            IReadOnlyList<SourceProblem> problems = CompilerOutput.Errors(build.Output);
            if (problems.Count == 0)
                PrintLine(now, TerminalStyle.Output.Red("error"), $"{build.Source}  {CompilerOutput.FirstError(build.Output)}");
            foreach (SourceProblem problem in problems)
                PrintLine(now, TerminalStyle.Output.Red("error"), $"{problem.Place}: {problem.Message}");
        }
    }

    private static void PrintLine(DateTimeOffset time, string mark, string text) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time:HH:mm:ss}  {mark}  ") + PrintableText.Of(text));

    private static void CheckPort(OptionResult option)
    {
        if (option.Tokens is [var token] && !ushort.TryParse(token.Value, out _))
            option.AddError($"--port takes a number from 0 to 65535, not \"{token.Value}\": write for example --port 8080");
    }

    private static void CheckSeconds(OptionResult option)
    {
        if (option.Tokens is [var token]
            && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) || seconds > 86400))
        {
            option.AddError($"--read-timeout takes a number of seconds from 0 to 86400, not \"{token.Value}\": write for example " +
                "--read-timeout 600");
        }
    }

    private static void CheckAddress(OptionResult option)
    {
        if (option.Tokens is [var token]
            && !(IPAddress.TryParse(token.Value, out IPAddress? address)
            && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            option.AddError($"--listen takes an IP address, not \"{token.Value}\": write for example 127.0.0.1, ::1, or 0.0.0.0 for all " +
                "addresses of this machine");
        }
    }

    private void CheckProtocol(CommandResult command)
    {
        if (_protocols.Objection(command) is { } objection)
            command.AddError(objection);
    }
}
