using System.CommandLine;
using Shims.Diagnostics;
using Shims.Gateway;

namespace Shims.Programs;

/// <summary>The command line of <c>scgi-run</c> and <c>fcgi-run</c>.</summary>
/// <remarks>
/// <c>TARGET [ARG...]</c>, the form of the classic <c>scgi_run</c>, is read by hand: parsing options costs as much as running a script, and inetd starts
/// the program anew for each request.
/// </remarks>
public static class GatewayCommand
{
    /// <summary>Runs the program.</summary>
    /// <param name="program">Its name, for messages.</param>
    /// <param name="protocol">What it speaks: "SCGI" or "FastCGI".</param>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code, as sysexits has it.</returns>
    public static int Run(string program, string protocol, string[] args)
    {
        Protocol spoken = protocol == "SCGI" ? Protocol.Scgi : Protocol.FastCgi;
        if (args is [not "" and var first, ..] && !first.StartsWith('-'))
            return (int)GatewayProgram.Run(spoken, new GatewayOptions { Program = program, Target = TargetArguments.Read(args, 0) });
        return RunWithOptions(program, spoken, args);
    }

    /// <summary>The options of both programs, by their names; true for those that have a value after them.</summary>
    public static IReadOnlyDictionary<string, bool> Options
    {
        get
        {
            var options = new Dictionary<string, bool>();
            foreach (Protocol protocol in (Protocol[])[Protocol.Scgi, Protocol.FastCgi])
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

    private static int RunWithOptions(string program, Protocol protocol, string[] args)
    {
        var options = new GatewayCommandOptions(program, protocol);
        int target = options.FindTarget(args);
        // What follows TARGET belongs to the script, even if it looks like an option.
        ParseResult result = options.Command.Parse(args[..Math.Min(args.Length, target + 1)]);
        if (options.Informs(result))
            return (int)ExitCode.Served;
        if (result.Errors.Count > 0)
            return (int)Complain(program, result.Errors[0].Message.ReplaceLineEndings("").Replace("\t", " "));
        // The parser takes an option that it does not know for an argument.
        if (result.GetValue(options.Target) is not { Length: > 0 } found || found != args[target])
            return (int)Complain(program, result.GetValue(options.Target) is ['-', ..] and var unknown ? $"there is no option {unknown}" : "TARGET is missing");
        return (int)GatewayProgram.Run(protocol, options.Read(result, TargetArguments.Read(args, target)));
    }

    private static ExitCode Complain(string program, string fault)
    {
        // Under inetd descriptor 2 is the client's connection.
        StandardError.Secure(System.Text.Encoding.ASCII.GetBytes(program));
        Log.Program = program;
        Log.WriteLine(fault);
        Log.WriteLine($"usage: {program} [OPTIONS] TARGET [ARG...]; see {program} --help");
        return ExitCode.Usage;
    }
}
