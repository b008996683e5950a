using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Serving;
using Shims.Posix;
using Shims.Recording;

namespace Shims.Programs;

/// <summary>Every option, with its line in <c>--help</c>.</summary>
internal sealed class GatewayCommandOptions
{
    /// <summary>Sections at the most, and bytes of the environment of one: each request looks through the first, and has room for the
    /// second.</summary>
    private const int MostSections = 1000, SectionRoom = 256 * 1024;

    private static readonly Limits s_default = new();

    private readonly string _program;

    internal Argument<string?> Target { get; } = new("TARGET") { Description = "The script to run; or, ending in /, the directory whose scripts may be run.", Arity = ArgumentArity.ZeroOrOne };
    private readonly Argument<string[]> _arguments = new("ARG") { Description = "Arguments for the script.", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _mode = new("--mode") { DefaultValueFactory = _ => "auto" };
    private readonly Option<string?> _standardError = new("--stderr") { Description = "Where error output goes: journal, syslog, null, inherit, or a file. Default: where it leads now, but never to the client.", HelpName = "WHERE" };
    private readonly Option<string> _logFormat = new("--log-format")
    {
        Description = "Form of the log's lines: text, or json, one object a line (implies --mode relay).",
        DefaultValueFactory = _ => "text",
    };
    private readonly Option<string?> _accessLog = new("--access-log")
    {
        Description = "Write a line for each request: combined format, script, milliseconds, exit status, id. "
            + "To journal, syslog, inherit, or a file (implies --mode relay).",
        HelpName = "WHERE",
    };
    private readonly Option<bool> _trustRequestId = new("--trust-request-id")
    {
        Description = "Take the id of a request from the web server: REQUEST_ID or X-Request-Id.",
    };
    private readonly Option<string[]> _set = new("--env") { Description = "Set a variable of the script's environment.", HelpName = "NAME=VALUE" };
    private readonly Option<string[]> _pass = new("--pass-env") { Description = "Pass a variable of the super-server's environment to the script.", HelpName = "NAME" };
    private readonly Option<string?> _setFrom = new(EnvironmentFile.Option) { Description = "Set the variables of a file, one NAME=VALUE per line, readable only by its owner and group.", HelpName = "FILE" };
    private readonly Option<string[]> _allow = new("--allow-env") { Description = "Pass a request variable that is otherwise held back: HTTP_AUTHORIZATION, or one that is not CGI. 'PREFIX_*' matches a prefix, '*' every name; names that load code must be written in full.", HelpName = "NAME" };
    private readonly Option<string[]> _drop = new("--drop-env") { Description = "Hold back a request variable without logging it. Patterns as for --allow-env.", HelpName = "NAME" };
    private readonly Option<string[]> _interpreter = new("--interpreter")
    {
        Description = "Run files with this extension by this program: they need neither an execute bit nor a #! line. Example: .php=/usr/bin/php-cgi.",
        HelpName = ".EXTENSION=PROGRAM",
    };
    private readonly Option<bool> _allowWritable = new("--allow-writable")
    {
        Description = "With --interpreter: run even files and directories that the gateway's own user or every user may write. Not for a folder with uploads.",
    };
    private readonly Option<string?> _index = new("--index")
    {
        Description = "Respond for a directory with the first of these files that is in it. Example: index.php,index.cgi.",
        HelpName = "NAME,...",
    };
    private readonly Option<string?> _secretFile = new(SecretFile.Option)
    {
        Description = "Serve only requests with the secret of this file, readable only by its owner. Any socket but a unix one with a path needs it.",
        HelpName = "FILE",
    };
    private readonly Option<bool> _insecureNoSecret = new("--insecure-no-secret")
    {
        Description = "Serve a TCP socket on loopback without a secret: every user of this machine can say who has logged in then.",
    };
    private readonly Option<string[]> _attribute = new("--attribute")
    {
        Description = "Make a variable of an attribute of the request (Apache: SetEnv AJP_NAME), and pass it to the script.",
        HelpName = "NAME",
    };
    private readonly Option<string?> _mount = new("--mount")
    {
        Description = "The path of the URL under which TARGET stands, where the web server names no file. Example: /cgi-bin. Default: found by the first name that is there.",
        HelpName = "PATH",
    };
    private readonly Option<string[]> _options = new(OptionsFile.Option) { Description = "Read options from a file, one per line: inetd passes few arguments. After a line [NAME] they are for one script of TARGET.", HelpName = "FILE" };
    private readonly Option<string> _errors = new("--errors") { Description = "Where the cause of a failure is shown: log, or browser (for development).", DefaultValueFactory = _ => "log" };
    private readonly Option<int?> _timeout = Seconds("--timeout", $"End a script that runs longer than this, in the modes supervise and relay. Default: {s_default.ScriptSecondsOrDefault}.");
    private readonly Option<int?> _outputWait = Seconds("--output-wait", $"How long to wait for processes that hold a script's output open after its end. Default: {s_default.OutputWaitSeconds}.");
    private readonly Option<int?> _headerTimeout = Seconds("--header-timeout", $"How long to wait for the request's header. Default: {s_default.HeaderSeconds}.");
    private readonly Option<long?> _maxHeader = Size("--max-header", "Largest request header. Default: 256K.");
    private readonly Option<long?> _maxBody = Size("--max-body", "Largest request body. Default: 2G.");
    private readonly Option<int?> _cpu = Seconds("--cpu", "Processor time a script may use.");
    private readonly Option<long?> _memory = Size("--memory", "Address space a script may use.");
    private readonly Option<int?> _max = Number("--max", "How many scripts may run at a time; the next client gets 503.", "N");
    private readonly Option<int?> _maxWait = Seconds("--max-wait",
        "With --max: how long a request waits, in order of arrival, for another script to end before it gets a 503. Default: 0.");
    private readonly Option<string> _clientGone = new("--client-gone")
    {
        Description = "What a script does when its client has left: end, or finish, its output thrown away, within --timeout (implies --mode relay).",
        DefaultValueFactory = _ => "end",
    };
    private readonly Option<bool> _truthful = new("--truthful") { Description = "Make a truncated response look truncated, by waiting for the script's end." };
    private readonly Option<bool> _status = new("--status") { Description = "Check the script's header, and always send a Status line (implies --mode relay)." };
    private readonly Option<string?> _record = new("--record") { Description = "Keep each request that fails in a file of this directory, for shimctl show, replay and doctor (implies --mode relay).", HelpName = "DIR" };
    private readonly Option<bool> _recordAll = new("--record-all") { Description = "With --record: keep successful requests too." };
    private readonly Option<bool> _recordSecrets = new("--record-secrets") { Description = "With --record: keep passwords, cookies and the like, which are removed by default." };
    private readonly Option<int?> _idle = Seconds("--idle", "On a listening socket: end after so long without a request. Default: 0, never.");
    private readonly Option<int?> _finishTime = Seconds("--finish-time", $"On a listening socket: how long requests in flight may take after SIGTERM until the process ends. Default: {s_default.FinishSeconds}.");

    // How the process is, for those who ask.
    private readonly Option<string?> _statusPath = new("--status-path")
    {
        Description = "On a listening socket: answer this path with a page of what runs and what has been answered: text, ?json or ?openmetrics. Compared with SCRIPT_NAME. Example: /shims-status.",
        HelpName = "PATH",
    };
    private readonly Option<string?> _pingPath = new("--ping-path")
    {
        Description = "Answer this path with 200 while a request can be taken, and else with 503. Compared with SCRIPT_NAME. Example: /ping.",
        HelpName = "PATH",
    };
    private readonly Option<string?> _ping = new("--ping")
    {
        Description = "Serve nothing, but ask the gateway at this socket for its --ping-path, or /ping. Exit status 0: it can take a request; 1: it cannot.",
        HelpName = "SOCKET",
    };

    private readonly ListenOptions _listening = new();

    /// <summary>In a section of a file of options.</summary>
    private readonly Option<string?> _ownInterpreter = new("--interpreter");

    // Not /h and /? too, which are paths.
    private readonly HelpOption _help = new("--help", "-h", "-?");
    private readonly Option<bool> _version = new("--version") { Description = "Show version and commit" };

    internal GatewayCommandOptions(string program, Protocol protocol)
    {
        _program = program;
        if (protocol == Protocols.Ajp13)
            _mode.Validators.Add(RefuseSharing);
        _mode.OneOf(protocol == Protocols.FastCgi || protocol == Protocols.Ajp13 ? ["auto", "relay"] : ["auto", "exec", "supervise", "relay"]);
        _mode.Description = protocol == Protocols.Scgi
            ? "exec: the script replaces the shim. supervise: the shim waits until it ends. relay: all bytes go through the shim. auto: as the request and the other options need."
            : protocol == Protocols.Uwsgi
            ? "relay: all bytes go through the shim. auto: the same. supervise, exec: the script writes its CGI header to the web server itself, which must be nginx or lighttpd."
            : "relay: all bytes go through the shim. auto: the same.";
        _errors.OneOf("log", "browser");
        _clientGone.OneOf("end", "finish");
        _logFormat.OneOf("text", "json");
        _set.Validators.Add(CheckSettings);
        _pass.Validators.Add(CheckPassed);
        _allow.Validators.Add(CheckPatterns);
        _drop.Validators.Add(CheckPatterns);
        _interpreter.Validators.Add(InterpreterValues.Check);
        _index.Validators.Add(InterpreterValues.CheckIndexes);
        _attribute.Validators.Add(CheckAttributes);
        _mount.Validators.Add(CheckMount);
        _statusPath.Validators.Add(CheckOwnPath);
        _pingPath.Validators.Add(CheckOwnPath);
        _ping.Validators.Add(CheckSocket);
        _maxWait.Validators.Add(option => Requires(option, _max, "--max N"));
        _recordAll.Validators.Add(option => Requires(option, _record, "--record DIR"));
        _recordSecrets.Validators.Add(option => Requires(option, _record, "--record DIR"));
        Command = new Command(program, $"Answers the {protocol.Name} request on standard input by running a CGI script. Standard input is a connection (inetd nowait, systemd Accept=yes), a listening socket (inetd wait, systemd Accept=no, spawn-fcgi), or a pipe or file with a request.")
        {
            Target, _arguments, _mode, _standardError, _logFormat, _accessLog, _trustRequestId, _set, _setFrom, _pass, _allow, _drop,
                _interpreter, _allowWritable, _index, _options, _errors, _timeout, _outputWait, _headerTimeout, _maxHeader, _maxBody, _cpu, _memory, _max, _maxWait, _clientGone, _truthful,
                _status, _record, _recordAll, _recordSecrets, _idle, _finishTime, _statusPath, _pingPath, _ping, _help, _version,
        };
        foreach (Option option in _listening.All)
            Command.Options.Insert(Command.Options.IndexOf(_help), option);
        if (protocol.NamesUrlOnly)
            Command.Options.Insert(Command.Options.IndexOf(_index) + 1, _mount);
        if (protocol == Protocols.Ajp13)
        {
            foreach (Option option in (Option[])[_attribute, _insecureNoSecret, _secretFile])
                Command.Options.Insert(Command.Options.IndexOf(_mode), option);
        }
    }

    internal Command Command { get; }

    /// <summary>Takes the options apart.</summary>
    /// <param name="options">The words before TARGET.</param>
    internal ParseResult Parse(string[] options) => Command.Parse(options, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });

    /// <summary>Carries out <c>--help</c> or <c>--version</c>, if one of them is there.</summary>
    internal bool Informs(ParseResult result)
    {
        if (result.GetResult(_version) is { Implicit: false })
        {
            Print(ProgramVersion.Line(_program) + "\n");
            return true;
        }
        if (result.GetResult(_help) is not { Implicit: false })
            return false;
        // Called by name: invoking whatever action there is would bring all of them into the program, which is an eighth of it.
        using var text = new StringWriter();
        Console.SetOut(text);
        var help = (HelpAction)_help.Action!;
        help.MaxWidth = Libc.ColumnsOf(1); // .NET asks the terminal with escape sequences
        help.Invoke(result);
        // The library puts options last, where they would be the script's.
        Print(text.ToString().Replace($"{_program} [<TARGET> [<ARG>...]] [options]", $"{_program} [OPTIONS] TARGET [ARG...]"));
        return true;
    }

    /// <summary>Past .NET's console, which sends escape sequences to a terminal before anything is written.</summary>
    private static void Print(string text) => Libc.WriteAll(1, Encoding.UTF8.GetBytes(text));

    /// <summary>Finds the first argument that is neither an option nor an option's value.</summary>
    /// <returns>Its index; the number of arguments if there is none.</returns>
    internal int FindTarget(string[] args)
    {
        for (int i = 0; i < args.Length; i++)
        {
            if (args[i] == "--")
                return i + 1;
            if (!args[i].StartsWith('-'))
                return i;
            if (TakesValue(args[i]))
                i++;
        }
        return args.Length;
    }

    /// <summary>True if the word after an option belongs to it.</summary>
    internal bool TakesValue(string name)
    {
        if (ForeignOptions.TakesValue(name))
            return true;
        foreach (Option option in Command.Options)
        {
            if (option.Name == name)
                return option.Arity.MinimumNumberOfValues > 0;
        }
        return false;
    }

    /// <summary>The parsed command line.</summary>
    /// <param name="result">The options.</param>
    /// <param name="target">TARGET, with its ARGs.</param>
    /// <param name="note">A line to log before anything else.</param>
    /// <param name="sections">The options of single scripts.</param>
    internal GatewayOptions Read(ParseResult result, ScriptTarget target, List<OptionsSection> sections, string? note) => new()
    {
        Program = _program,
        Note = note,
        Target = target with { Options = ReadScripts(result, sections, target) },
        Mode = result.GetValue(_mode) switch { "exec" => RunMode.Exec, "supervise" => RunMode.Supervise, "relay" => RunMode.Relay, _ => RunMode.Auto },
        StandardError = result.GetValue(_standardError),
        AccessLog = result.GetValue(_accessLog),
        TrustsRequestId = result.GetValue(_trustRequestId),
        LogFormat = result.GetValue(_logFormat) == "json" ? LogFormat.Json : LogFormat.Text,
        ErrorsInBrowser = result.GetValue(_errors) == "browser",
        IsTruthful = result.GetValue(_truthful),
        FinishesAlone = result.GetValue(_clientGone) == "finish",
        SendsStatus = result.GetValue(_status),
        StatusPath = GatewayOptions.OwnPath(result.GetValue(_statusPath)),
        PingPath = GatewayOptions.OwnPath(result.GetValue(_pingPath)),
        Records = result.GetValue(_record) is not null,
        Sockets = _listening.Read(result),
        Secret = Has(result, _secretFile) && result.GetValue(_secretFile) is { } secretFile ? SecretFile.Read(secretFile) : null,
        NeedsNoSecret = Has(result, _insecureNoSecret),
        Attributes = Has(result, _attribute) ? ToBytes(result.GetValue(_attribute), end: "")! : [],
        Environment = new EnvironmentPolicy(
            set: Settings(result),
            // The script may log it, too.
            allow: ToBytes(
                [
                    .. result.GetValue(_allow) ?? [], .. result.GetValue(_trustRequestId) ? ["REQUEST_ID"] : Array.Empty<string>(),
                    .. Has(result, _attribute) ? result.GetValue(_attribute)! : [],
                ],
                end: ""),
            drop: ToBytes(result.GetValue(_drop), end: ""),
            pass: ToBytes(result.GetValue(_pass), end: "\0"))
        { Reserved = sections.Count == 0 ? 0 : SectionRoom },
        Limits = new Limits
        {
            ScriptSeconds = result.GetValue(_timeout) is > 0 and var timeout ? timeout : null,
            OutputWaitSeconds = result.GetValue(_outputWait) ?? s_default.OutputWaitSeconds,
            HeaderSeconds = result.GetValue(_headerTimeout) ?? s_default.HeaderSeconds,
            HeaderSize = (int)Math.Min(result.GetValue(_maxHeader) ?? s_default.HeaderSize, 64 << 20),
            BodySize = result.GetValue(_maxBody) ?? s_default.BodySize,
            CpuSeconds = result.GetValue(_cpu) ?? 0,
            AddressSpace = result.GetValue(_memory) ?? 0,
            Concurrency = result.GetValue(_max) ?? 0,
            WaitSeconds = result.GetValue(_maxWait) ?? 0,
            IdleSeconds = result.GetValue(_idle) ?? 0,
            FinishSeconds = result.GetValue(_finishTime) ?? s_default.FinishSeconds,
        },
    };

    /// <summary>The options for files and directories; null if there are none.</summary>
    private unsafe ScriptOptions? ReadScripts(ParseResult result, List<OptionsSection> sections, ScriptTarget target)
    {
        string[] interpreters = result.GetValue(_interpreter) ?? [], indexes = result.GetValue(_index)?.Split(',') ?? [];
        string? mount = target.WalksUrl ? result.GetValue(_mount) : null;
        return interpreters.Length + indexes.Length + sections.Count == 0 && mount is null ? null : new ScriptOptions
        {
            Mount = Encoding.UTF8.GetBytes(mount ?? ""),
            Sections = ReadSections(result, sections, target),
            Interpreters = Array.ConvertAll(interpreters, static text =>
            {
                int equals = text.IndexOf('=');
                return new Interpreter(Encoding.UTF8.GetBytes(text[..equals]),
                    TargetArguments.Copy(Encoding.UTF8.GetBytes(text[(equals + 1)..])));
            }),
            Indexes = Array.ConvertAll(indexes, Encoding.UTF8.GetBytes),
            AllowsWritable = result.GetValue(_allowWritable),
        };
    }

    /// <summary>The probe of <c>--ping</c>; null if the option was not given.</summary>
    internal Probe? ReadProbe(ParseResult result, Protocol protocol) => result.GetValue(_ping) is { } socket
        ? new Probe(protocol, socket, result.GetValue(_pingPath) ?? Probe.DefaultPath, Has(result, _secretFile) && result.GetValue(_secretFile) is { } file ? SecretFile.ReadValue(file) : null)
        : null;

    /// <summary>The directory of <c>--record</c>; null if the option was not given.</summary>
    internal Recorder? ReadRecorder(ParseResult result) => result.GetValue(_record) is { } directory
        ? new Recorder(Path.Combine(Environment.CurrentDirectory, directory).TrimEnd('/')) { KeepsAll = result.GetValue(_recordAll), KeepsSecrets = result.GetValue(_recordSecrets) }
        : null;

    /// <summary>The sections of files of options.</summary>
    private ScriptSection[] ReadSections(ParseResult common, List<OptionsSection> sections, in ScriptTarget target)
    {
        if (sections.Count == 0)
            return [];
        if (!target.IsDirectory)
            throw SectionRefusal(sections[0], "it is for one script of a directory, and TARGET is a script",
                "leave the section out, or name the directory of scripts with a slash at its end");
        if (sections.Count > MostSections)
            throw SectionRefusal(sections[MostSections], $"there are more than {MostSections} sections",
                "give scripts that need so much a service of their own");
        var command = new Command("section") { _timeout, _cpu, _memory, _set, _setFrom, _pass, _allow, _drop, _ownInterpreter };
        var read = new List<ScriptSection>();
        foreach (OptionsSection section in sections)
        {
            byte[] name = Encoding.UTF8.GetBytes(section.Name);
            if (read.Exists(other => other.Name.AsSpan().SequenceEqual(name)))
                throw SectionRefusal(section, "the script has a section already", "write all its options into one");
            read.Add(ReadSection(common, ParseSection(section, command), section, name));
        }
        return [.. read];
    }

    private ParseResult ParseSection(OptionsSection section, Command command)
    {
        if (section.Name.Length is 0 or > 4096 || section.Name.StartsWith('/')
            || Array.Exists(section.Name.Split('/'), static part => part is "" or "." or ".."))
        {
            throw SectionRefusal(section, "it is not the path of a script below TARGET", "write for example [awstats.pl] or [shop/report.pl]");
        }
        foreach (string word in section.Words)
        {
            string option = word.IndexOf('=') is > 0 and int equals ? word[..equals] : word;
            if (Contains(Command, option) && !Contains(command, option))
                throw SectionRefusal(section, $"{option} is for all scripts", "write it above the first section");
        }
        ParseResult result = command.Parse(section.Words,
            new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        return result.Errors is [var error, ..]
            ? throw SectionRefusal(section, error.Message.TrimEnd('.'), $"see {_program} --help")
            : result;
    }

    private unsafe ScriptSection ReadSection(ParseResult common, ParseResult result, OptionsSection section, byte[] name)
    {
        string? program = result.GetValue(_ownInterpreter);
        if (program is not null && !program.StartsWith('/'))
        {
            throw SectionRefusal(section, "--interpreter takes the full path of a program in a section",
                "write for example --interpreter /usr/bin/perl");
        }
        if (program is not null && InterpreterValues.Objection(program) is var (cause, fix))
            throw SectionRefusal(section, cause, fix);
        var environment = new EnvironmentPolicy(
            set: Settings(common, result),
            allow: ToBytes([.. common.GetValue(_allow) ?? [], .. result.GetValue(_allow) ?? []], end: ""),
            drop: ToBytes([.. common.GetValue(_drop) ?? [], .. result.GetValue(_drop) ?? []], end: ""),
            pass: ToBytes([.. common.GetValue(_pass) ?? [], .. result.GetValue(_pass) ?? []], end: "\0"));
        if (ScriptLaunch.MemoryFor(0, environment) > SectionRoom)
            throw SectionRefusal(section, $"its environment has more than {SectionRoom} bytes", "let the script read a file of its own");
        return new ScriptSection(name, environment)
        {
            Interpreter = program is null ? null : TargetArguments.Copy(Encoding.UTF8.GetBytes(program)),
            Seconds = result.GetValue(_timeout) is > 0 and var timeout ? timeout : null,
            CpuSeconds = result.GetValue(_cpu) ?? 0,
            AddressSpace = result.GetValue(_memory) ?? 0,
        };
    }

    private static bool Contains(Command command, string name)
    {
        foreach (Option option in command.Options)
        {
            if (option.Name == name)
                return true;
        }
        return false;
    }

    /// <summary>True if an option is there, which not every program has.</summary>
    private static bool Has(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };

    private static ShimException SectionRefusal(OptionsSection section, string fault, string cure) =>
        SettingsFile.Refusal(OptionsFile.Option, section.File,
            $"line {section.Line}, section [{PrintableText.Of(Encoding.UTF8.GetBytes(section.Name.Length > 100 ? section.Name[..100] + "..." : section.Name))}]: {fault}", cure);

    /// <summary>Of two settings of one name the last counts, one of the command line wins over one of the file, and one of a section over
    /// one of all scripts.</summary>
    private byte[][]? Settings(params ParseResult[] results)
    {
        var last = new Dictionary<string, byte[]>();
        foreach (ParseResult result in results)
        {
            foreach (byte[] setting in result.GetValue(_setFrom) is { } file ? EnvironmentFile.Read(file) : [])
                last[NameOf(setting)] = setting;
            foreach (string setting in result.GetValue(_set) ?? [])
                last[NameOf(Encoding.UTF8.GetBytes(setting))] = Encoding.UTF8.GetBytes(setting);
        }
        return last.Count == 0 ? null : [.. last.Values];

        static string NameOf(byte[] setting) => Encoding.ASCII.GetString(setting, 0, setting.AsSpan().IndexOf((byte)'='));
    }

    // Plain loops here and below: what LINQ brings with it is a twentieth of the program.
    private static byte[][]? ToBytes(string[]? texts, string end) =>
        texts is null or [] ? null : Array.ConvertAll(texts, text => Encoding.UTF8.GetBytes(text + end));

    private static Option<int?> Seconds(string name, string description) => Number(name, description, "SECONDS");

    private static Option<int?> Number(string name, string description, string helpName) => new(name)
    {
        Description = description,
        HelpName = helpName,
        CustomParser = argument => int.TryParse(argument.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            ? value
            : Wrong<int?>(argument, $"{name} takes a whole number, not \"{argument.Tokens[0].Value}\": write for example {name} 30"),
    };

    private static Option<long?> Size(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "SIZE",
        CustomParser = argument => ByteSize.TryRead(argument.Tokens[0].Value, out long value)
            ? value
            : Wrong<long?>(argument, $"{name} takes bytes, or a number with K, M or G, not \"{argument.Tokens[0].Value}\": write for example {name} 64M"),
    };

    private static T? Wrong<T>(ArgumentResult argument, string message)
    {
        argument.AddError(message);
        return default;
    }

    private static void CheckSettings(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            int equals = token.Value.IndexOf('=');
            if (equals < 0 || !CgiNames.IsPortable(Encoding.UTF8.GetBytes(token.Value[..equals])))
                option.AddError($"--env takes NAME=VALUE, not \"{token.Value}\": a name has letters, digits and underscores");
        }
    }

    private static void CheckMount(OptionResult option)
    {
        string mount = option.Tokens is [.., var last] ? last.Value : "";
        if (!mount.StartsWith('/') || Array.Exists(mount.Split('/'), static part => part is "." or ".."))
            option.AddError($"--mount takes a path that begins with a slash, not \"{mount}\": write for example --mount /cgi-bin");
    }

    private static void CheckOwnPath(OptionResult option)
    {
        string path = option.Tokens is [.., var last] ? last.Value : "";
        if (!path.StartsWith('/') || path.AsSpan().ContainsAny('?', '#', '%') || path.AsSpan().ContainsAnyInRange('\0', ' '))
            option.AddError($"{option.Option.Name} takes a path as SCRIPT_NAME has it, not \"{path}\": write for example {option.Option.Name} {(option.Option.Name == "--ping-path" ? "/ping" : "/shims-status")}");
    }

    private static void CheckSocket(OptionResult option)
    {
        if (option.Tokens is [.., var last] && ProbedSocket.Parse(last.Value) is null)
            option.AddError($"--ping takes a path or ADDRESS:PORT, not \"{last.Value}\": write for example --ping /run/shims/scgi.sock, or --ping 127.0.0.1:4000");
    }

    private static void Requires(OptionResult option, Option other, string line)
    {
        if (!option.Implicit && option.GetResult(other) is null)
            option.AddError($"{option.Option.Name} needs {other.Name}: say {line} too");
    }

    private static void CheckNames(OptionResult option)
    {
        foreach (Token token in option.Tokens)
            CheckName(option, token.Value, token.Value);
    }

    /// <summary>By these a script would speak to the service manager in the place of the gateway.</summary>
    private static void CheckPassed(OptionResult option)
    {
        CheckNames(option);
        foreach (Token token in option.Tokens)
        {
            if (token.Value is "NOTIFY_SOCKET" or "WATCHDOG_USEC" or "WATCHDOG_PID")
                option.AddError($"--pass-env {token.Value} would let a script speak to systemd for the gateway: leave it out");
        }
    }

    /// <summary>What the gateway itself goes by, and what loads code, is never an attribute's.</summary>
    private static void CheckAttributes(OptionResult option)
    {
        CheckNames(option);
        foreach (Token token in option.Tokens)
        {
            byte[] name = Encoding.UTF8.GetBytes(token.Value);
            if (CgiNames.Of(name) != CgiName.Other || CgiNames.IsOfServer(name) || CodeNames.Contains(name))
                option.AddError($"--attribute takes a name of your own, not {token.Value}, which means something to CGI or to a program: name it otherwise in the web server");
        }
    }

    private static void RefuseSharing(OptionResult option)
    {
        if (option.Tokens is [{ Value: "exec" or "supervise" } mode])
            option.AddError($"--mode {mode.Value} would let a script write to the web server itself, which takes nothing but packets of AJP13: leave --mode out, as ajp-run passes all bytes on");
    }

    private static void CheckPatterns(OptionResult option)
    {
        foreach (Token token in option.Tokens)
            CheckName(option, token.Value, token.Value.EndsWith('*') ? "_" + token.Value[..^1] : token.Value);
    }

    private static void CheckName(OptionResult option, string value, string name)
    {
        if (!CgiNames.IsPortable(Encoding.UTF8.GetBytes(name)))
            option.AddError($"{option.Option.Name} takes a variable's name, not \"{value}\": a name has letters, digits and underscores");
    }
}
