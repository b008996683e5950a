using System.CommandLine;
using Shims.Control.Terminal;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Commands;

/// <summary>The command line of <c>shimctl</c>: one class per command, put together here.</summary>
public static class ControlCommand
{
    /// <summary>What a shell adds to the number of the signal that has ended a program.</summary>
    private const int Signalled = 128;

    /// <summary>Runs the command that the command line names.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The exit code, as sysexits has it; what a command adds to that is in its help.</returns>
    public static int Run(string[] args)
    {
        FillStandardDescriptors();
        ParseResult result = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null }); // @FILE is the body of a request, not more of the command line
        if (result.Errors.Count == 0)
            return Invoke(result);
        // Of a command that is none the library says first that one is missing, and only then which word it does not know.
        Console.Error.WriteLine($"shimctl: {result.Errors[^1].Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal)}");
        Console.Error.WriteLine($"See {string.Join(' ', Names(result.CommandResult.Command))} --help");
        return (int)ExitCode.Usage;
    }

    /// <summary>Whoever closed one of descriptors 0 to 2 for us gave its number to the next file or connection, which would then be read, or written to, in its place.</summary>
    private static void FillStandardDescriptors()
    {
        int descriptor;
        while ((descriptor = Libc.Open("/dev/null\0"u8, Flags.O_RDWR)) is >= 0 and < 3)
        {
        }
        Libc.Close(descriptor);
    }

    internal static RootCommand Create()
    {
        var root = new RootCommand("For people: finds out why a page is a 500, sends test requests, writes configurations, serves scripts with no web server.")
        {
            new DoctorCommand(),
            new ConfigCommand(),
            new RequestCommand(),
            new ServeCommand(),
            new CompletionsCommand(),
            new ShowCommand(),
            new ReplayCommand(),
        };
        HelpWithExamples.AddTo(root);
        root.Options.OfType<VersionOption>().Single().Action = new PrintVersion();
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
            Console.Error.WriteLine($"shimctl: {VisibleText.OfLine(exception.Message)}");
            return (int)exception.ExitCode;
        }
        catch (BrokenPipeException)
        {
            return Signalled + Flags.SIGPIPE; // As whoever does not ignore SIGPIPE ends: without a word.
        }
        catch (OperationCanceledException)
        {
            return Signalled + Flags.SIGINT;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"shimctl: cannot write or read what was to be: {VisibleText.OfLine(exception.Message.TrimEnd('.'))}: see where standard input and output lead, and whether there is room");
            return (int)ExitCode.SystemError;
        }
    }

    private static IEnumerable<string> Names(Command command) =>
        command is RootCommand ? ["shimctl"] : ["shimctl", command.Name];
}
