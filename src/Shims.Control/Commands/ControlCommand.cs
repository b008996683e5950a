using System.CommandLine;
using System.CommandLine.Parsing;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary>The command line of <c>shimctl</c>: one class per command, put together here.</summary>
public static class ControlCommand
{
    /// <summary>Runs the command that the command line names.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code, as sysexits has it; what a command adds to that is in its help.</returns>
    public static int Run(string[] args)
    {
        ParseResult result = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }); // @FILE is the body of a request, not more of the command line
        if (result.Errors.Count == 0)
            return Invoke(result);
        // Of a word that is no command the library first says that a command is missing, and only then which word it was.
        ParseError error = result.Errors.FirstOrDefault(candidate => result.UnmatchedTokens.Any(token => candidate.Message.Contains(token, StringComparison.Ordinal))) ?? result.Errors[0];
        Console.Error.WriteLine($"shimctl: {error.Message.ReplaceLineEndings(" ")}");
        Console.Error.WriteLine($"See {string.Join(' ', Names(result.CommandResult.Command))} --help");
        return (int)ExitCode.Usage;
    }

    internal static RootCommand Create()
    {
        var root = new RootCommand("For people: finds out why a page is a 500, sends test requests, writes configurations, serves scripts with no web server.")
        {
            new DoctorCommand(),
            new RequestCommand(),
            new ServeCommand(),
            new CompletionsCommand(),
        };
        HelpWithExamples.AddTo(root);
        return root;
    }

    private static int Invoke(ParseResult result)
    {
        try
        {
            return result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (ShimException exception)
        {
            Console.Error.WriteLine($"shimctl: {exception.Message}");
            return (int)exception.ExitCode;
        }
    }

    private static IEnumerable<string> Names(Command command) =>
        command is RootCommand ? ["shimctl"] : ["shimctl", command.Name];
}
