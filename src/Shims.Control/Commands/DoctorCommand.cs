using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Shims.Control.Doctor;
using Shims.Control.Processes;
using Shims.Control.Servers;
using Shims.Control.Terminal;
using Shims.Control.Users;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary><c>shimctl doctor</c>: names faults of scripts, sockets and configurations, and their fixes.</summary>
internal sealed class DoctorCommand : ControlSubcommand
{
    /// <summary>Exit status if there is a fault that will make a request fail.</summary>
    internal const int ErrorsFound = 1;

    private readonly Argument<string[]> _what = new("WHAT")
    {
        Description = "A script, a directory of scripts, a socket, a configuration file, an http:// URL, or a capsule (a file that "
            + "--record " +
            "wrote). Default: what can be found on this machine.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    private readonly Option<string?> _user = Valued<string?>("--user", "NAME",
        "The user that runs the scripts: check with the permissions of that user. Default: you; as root nothing is run without it.");
    private readonly Option<string?> _webUser = Valued<string?>("--web-user", "NAME",
        "The web server's user. Default: what its configuration says.");
    private readonly Option<bool> _noRun = new("--no-run") { Description = "Only read files: send no request, run no program." };
    private readonly Option<string> _gateway = new("--gateway")
    {
        Description = "The gateway's command line up to the script, as the super-server has it.",
        HelpName = "'COMMAND OPTIONS'",
        DefaultValueFactory = _ => "scgi-run",
    };
    private readonly Option<string?> _data = Valued<string?>("--data", "TEXT", "Send a POST with this body. Default: a GET.");
    private readonly Option<bool> _post = new("--post") { Description = "Send a POST too, after the GET. Without it none is sent." };
    private readonly Option<double> _patience = new("--patience")
    {
        Description = "How long a response may take.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 10,
    };
    private readonly Option<bool> _json = new("--json") { Description = "Write the findings as JSON." };

    internal DoctorCommand()
        : base("doctor", "Says why a page is a 500: checks scripts, sockets, configurations and recorded requests with the permissions " +
            "of the user that runs them, names each cause with the command that fixes it, and sends a request.",
            new Example("shimctl doctor --user www-data /srv/cgi-bin/", "Every fault that keeps www-data from running these scripts."))
    {
        _user.CompletionSources.Add(static _ => UserNames.All.Select(static name => new CompletionItem(name)));
        _webUser.CompletionSources.Add(static _ => UserNames.All.Select(static name => new CompletionItem(name)));
        _user.Validators.Add(CheckUser);
        _webUser.Validators.Add(CheckUser);
        _gateway.Validators.Add(CheckGateway);
        _what.Validators.Add(CheckNames);
        _patience.Validators.Add(CheckPatience);
        Add(_what);
        Add(_user);
        Add(_webUser);
        Add(_noRun);
        Add(_gateway);
        Add(_data);
        Add(_post);
        Add(_patience);
        Add(_json);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        string[] named = result.GetValue(_what) ?? [];
        string[] whats =
            [.. named.Length > 0 ? named.Select(ToAbsolute) : Examinations.FindAll(new DoctorSettings { User = UserAccount.Current })];
        var settings = new DoctorSettings
        {
            Given = whats,
            User = result.GetValue(_user) is { } user ? UserAccount.Find(user)! : UserAccount.Current,
            IsUserNamed = result.GetValue(_user) is not null,
            WebUser = result.GetValue(_webUser) is { } webUser ? UserAccount.Find(webUser) : null,
            MayRun = !result.GetValue(_noRun),
            Gateway = ShellWords.Split(result.GetValue(_gateway)!, out _)!,
            IsGatewayNamed = result.GetResult(_gateway) is { Implicit: false },
            Data = result.GetValue(_data),
            AlsoPosts = result.GetValue(_post),
            Patience = TimeSpan.FromSeconds(result.GetValue(_patience)),
        };
        IEnumerable<Finding> findings = Examinations.ExamineAll(whats, settings);
        return result.GetValue(_json) ? WriteJson([.. findings]) : WriteReport(findings, settings);
    }

    private static int WriteReport(IEnumerable<Finding> findings, DoctorSettings settings)
    {
        var report = new DoctorReport(Console.Out, TerminalStyle.Output);
        int errors = 0, warnings = 0;
        bool isEmpty = true, isAsked = false;
        foreach (Finding finding in findings)
        {
            report.Write(finding);
            errors += finding.Severity == Severity.Error ? 1 : 0;
            warnings += finding.Severity == Severity.Warning ? 1 : 0;
            isEmpty = false;
            isAsked |= finding.IsLive;
        }
        if (isEmpty)
        {
            Console.WriteLine("Found no script, socket or configuration on this machine. Name one, or a capsule, for example: shimctl " +
                "doctor /srv/cgi-bin/");
        }
        else
            report.Close(errors, warnings, isAsked && !settings.AlsoPosts && settings.Data is null
                ? "No POST was tried: --post sends one too." : null);
        return errors > 0 ? ErrorsFound : (int)ExitCode.Served;
    }

    private static int WriteJson(IReadOnlyList<Finding> findings)
    {
        Console.WriteLine(FindingJson.Serialize(findings));
        return findings.Any(finding => finding.Severity == Severity.Error) ? ErrorsFound : (int)ExitCode.Served;
    }

    /// <summary>
    /// The absolute path. An address, such as <c>unix:/run/x</c>, a URL, and a slash at the end, which means a directory, are kept.
    /// </summary>
    private static string ToAbsolute(string what) =>
        Array.Exists(["unix:", "tcp:", "http://", "https://"], start => what.StartsWith(start, StringComparison.Ordinal)) ? what
            : Path.GetFullPath(what);

    private static void CheckPatience(OptionResult option)
    {
        if (option.Tokens is [var token]
            && !(double.TryParse(token.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            && seconds is >= 0.1 and <= 3600))
        {
            option.AddError($"--patience takes a number of seconds from 0.1 to 3600, not \"{token.Value}\": " +
                "write for example --patience 10");
        }
    }

    private static void CheckGateway(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (ShellWords.Split(token.Value, out string? fault) is null)
                option.AddError($"--gateway: {fault}");
        }
    }

    private static void CheckUser(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (UserAccount.Find(token.Value) is null)
                option.AddError($"{option.Option.Name}: unknown user {token.Value}: getent passwd lists all users");
        }
    }
}
