using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Early;
using Shims.Gateway.Connections;
using Shims.Gateway.Requests;
using Shims.Gateway.Scripts;
using Shims.Gateway.Serving;
using Shims.Recording;

namespace Shims.Programs;

/// <summary>The command line of the gateways: <c>scgi-run</c>, <c>fcgi-run</c>, <c>uwsgi-run</c> and <c>ajp-run</c>.</summary>
/// <remarks>
/// <c>TARGET [ARG...]</c>, the form of the classic <c>scgi_run</c>, is read by hand: parsing options costs as much as running a script, and inetd starts
/// the program anew for each request.
/// </remarks>
public static class GatewayCommand
{
    /// <summary>More of a wrong word, or of what is said of it, is not told.</summary>
    private const int LongestText = 200;

    /// <summary>Runs the program.</summary>
    /// <param name="program">Its name, for messages.</param>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="args">The command line.</param>
    /// <param name="early">The work done before the runtime started.</param>
    /// <returns>The exit status, as sysexits has it.</returns>
    internal static int Run(string program, Protocol protocol, string[] args, in EarlyOutcome early)
    {
        try
        {
            if (args is not [not "" and var first, ..] || first.StartsWith('-'))
                return RunWithOptions(program, protocol, args, early);
            return Serve(protocol, new GatewayOptions
            {
                Program = program,
                Target = TargetArguments.Read(args, 0) with { WalksUrl = protocol.NamesUrlOnly },
                Environment = new EnvironmentPolicy(pass: []),
            }, recorder: null, early);
        }
        catch (ShimException exception)
        {
            return (int)Complain(program, exception);
        }
    }

    /// <summary>The options of all gateways, by their names; true for those that have a value after them.</summary>
    public static IReadOnlyDictionary<string, bool> Options
    {
        get
        {
            var options = new Dictionary<string, bool>(ForeignOptions.Accepted);
            foreach (Protocol protocol in (Protocol[])[.. Protocols.All, Protocols.Ajp13])
            {
                foreach (Option option in new GatewayCommandOptions("gateway", protocol).Command.Options)
                {
                    options[option.Name] = option.Arity.MinimumNumberOfValues > 0;
                    foreach (string alias in option.Aliases)
                        options[alias] = options[option.Name];
                }
            }
            return options;
        }
    }

    /// <summary>The options of a gateway, for a shell that completes command lines.</summary>
    internal static IReadOnlyList<CompletedOption> CompletedOptions(string program, Protocol protocol)
    {
        var completed = new List<CompletedOption>();
        foreach (Option option in new GatewayCommandOptions(program, protocol).Command.Options)
        {
            var choices = new List<string>();
            foreach (CompletionItem item in option.GetCompletions(CompletionContext.Empty))
                choices.Add(item.Label);
            bool takesValue = option.Arity.MinimumNumberOfValues > 0;
            string? value = takesValue ? option.HelpName ?? "VALUE" : null;
            completed.Add(new CompletedOption(option.Name, option.Description ?? "", value, takesValue ? choices : []));
        }
        return completed;
    }

    /// <summary>Reads a command line and starts nothing, for <c>shimctl doctor</c>.</summary>
    /// <returns>The words in which the program refuses it; null if it does not.</returns>
    internal static string? FindFault(Protocol protocol, string[] args)
    {
        // Bytes that are not UTF-8 are known to the program alone.
        if (Array.Exists(args, static word => word.Contains('\uFFFD')))
            return null;
        try
        {
            if (args is not [not "" and var first, ..] || first.StartsWith('-'))
                Read(protocol.Program, protocol, args, informs: false, out _);
            else
                TargetArguments.Read(args, 0);
            return null;
        }
        catch (ShimException exception)
        {
            return exception.Message;
        }
    }

    private static int RunWithOptions(string program, Protocol protocol, string[] args, in EarlyOutcome early) =>
        Read(program, protocol, args, informs: true, out Probe? probe) is var (options, recorder)
            ? Serve(protocol, options, recorder, early)
            : probe?.Run(program) ?? (int)ExitCode.Served;

    /// <summary>Reads a command line with options.</summary>
    /// <param name="program">Its name, for messages.</param>
    /// <param name="protocol">Its protocol.</param>
    /// <param name="args">The command line.</param>
    /// <param name="informs">True to carry out <c>--help</c> and <c>--version</c>.</param>
    /// <param name="probe">Asks another gateway, if the command line says so.</param>
    /// <returns>Null if one of these was there, or if there is a probe.</returns>
    private static (GatewayOptions Options, Recorder? Recorder)? Read(string program, Protocol protocol, string[] args, bool informs, out Probe? probe)
    {
        probe = null;
        var options = new GatewayCommandOptions(program, protocol);
        var sections = new List<OptionsSection>();
        string[] words = OptionsFile.Expand(args, options.TakesValue, sections);
        int target = options.FindTarget(words);
        string[] beforeTarget = words[..Math.Min(target, words.Length)];
        if (Array.Exists(beforeTarget, static word => word.Contains('\uFFFD')))
            throw Wrong("an option is not UTF-8", "put the setting into a file of --env-file");
        beforeTarget = ForeignOptions.Remove(program, beforeTarget, options.TakesValue, out string? note);
        // What follows TARGET belongs to the script, even if it looks like an option.
        ParseResult result = options.Parse(beforeTarget);
        if (informs && options.Informs(result))
            return null;
        // The parser takes an option that it does not know for an argument.
        string usualCure = $"see {program} --help";
        if (result.GetValue(options.Target) is { } unknown)
            throw Wrong(CommandLineFault.Unknown(unknown, options.Command, usualCure));
        if (result.Errors.Count > 0)
            throw Wrong(CommandLineFault.Explain(result, usualCure));
        if ((probe = options.ReadProbe(result, protocol)) is not null)
            return null;
        if (target >= words.Length || words[target].Length == 0)
            throw Wrong("TARGET is missing", $"write the script to run, or the directory of scripts with a slash at its end: {program} /usr/lib/cgi-bin/");
        ScriptTarget script = TargetArguments.Read(args, args.Length - words.Length + target) with { WalksUrl = protocol.NamesUrlOnly };
        return (options.Read(result, script, sections, note), options.ReadRecorder(result));
    }

    private static int Serve(Protocol protocol, GatewayOptions options, IRequestRecorder? recorder, in EarlyOutcome early)
    {
        TargetArguments.RefuseInterpreter(options);
        WaitingScript? waiting = WaitingScript.Of(early);
        ExitCode exitCode = GatewayProgram.Run([protocol], options, new ScriptResponder(waiting), recorder, early);
        waiting?.EndUnused();
        return (int)exitCode;
    }

    private static ShimException Wrong(string fault, string cure) => new(ExitCode.Usage, fault, cure);

    private static ShimException Wrong((string Cause, string Cure) fault) => Wrong(Shortened(fault.Cause), Shortened(fault.Cure));

    private static string Shortened(string text) =>
        PrintableText.Of(Encoding.UTF8.GetBytes(text.Length <= LongestText ? text.Replace("\t", " ", StringComparison.Ordinal) : text[..LongestText] + "..."));

    private static ExitCode Complain(string program, ShimException exception)
    {
        // Under inetd descriptor 2 is the client's connection.
        StandardError.Secure(Encoding.ASCII.GetBytes(program));
        Log.Program = program;
        Log.WriteLine(exception.Message);
        return exception.ExitCode;
    }
}
