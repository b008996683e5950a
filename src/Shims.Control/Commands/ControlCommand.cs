using System.CommandLine;
using System.Text;
using Shims.Control.Recipes;
using Shims.Control.Terminal;
using Shims.Control.Users;
using Shims.Diagnostics;
using Shims.Posix;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary>The command line of <c>shimctl</c>. Each command is a class of its own.</summary>
public static class ControlCommand
{
    /// <summary>More of a wrong word, or of what is said of it, is not told.</summary>
    private const int LongestText = 400;

    /// <summary>Offset from a signal's number to the exit status of a program that it killed, as shells report it.</summary>
    private const int KilledBySignal = 128;

    /// <summary>Runs the command that the command line names.</summary>
    /// <param name="args">The command line.</param>
    /// <returns>The exit status, by sysexits(3); the manual page lists those that a command adds.</returns>
    public static int Run(string[] args)
    {
        FillStandardDescriptors();
        // .NET's own writers send escape sequences to a terminal before anything is written.
        Console.SetOut(new StreamWriter(new StandardOutput(), new UTF8Encoding(false)) { AutoFlush = true });
        Console.SetError(new StreamWriter(new StandardOutput(2), new UTF8Encoding(false)) { AutoFlush = true });
        if (!TryExpand(ref args))
            return (int)ExitCode.Usage;
        // @FILE is the body of a request here, and not a file of options.
        ParseResult result = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count == 0)
            return Invoke(result);
        (string cause, string cure) = CommandLineFault.Explain(result, usualCure: "");
        Console.Error.WriteLine($"shimctl: {Shortened(cause)}{(cure.Length == 0 ? "" : $": {Shortened(cure)}")}");
        Console.Error.WriteLine($"See {string.Join(' ', Names(result.CommandResult.Command))} --help");
        return (int)ExitCode.Usage;
    }

    /// <summary>Puts the options of a recipe into the command line.</summary>
    private static bool TryExpand(ref string[] args)
    {
        try
        {
            args = RecipeArguments.Expand(args);
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"shimctl: cannot use the recipe: {VisibleText.OfLine(Shortened(exception.Message))}");
            return false;
        }
    }

    /// <summary>Opens /dev/null, or what stands in for it, at those of descriptors 0 to 2 that this process was started without, so that no
    /// later file gets their numbers.</summary>
    private static void FillStandardDescriptors()
    {
        int descriptor;
        while ((descriptor = Libc.OpenNowhere()) is >= 0 and < 3)
        {
        }
        Libc.Close(descriptor);
    }

    internal static RootCommand Create()
    {
        var root = new RootCommand("Finds out why a page is a 500, sends test requests, writes configurations, and serves scripts " +
            "without a web server.")
        {
            new DoctorCommand(),
            new ConfigCommand(),
            new RequestCommand(),
            new ServeCommand(),
            new StatusCommand(),
            new CompletionsCommand(),
            new ShowCommand(),
            new ReplayCommand(),
        };
        root.Add(new HelpCommand(root));
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
            return KilledBySignal + Flags.SIGPIPE; // The usual end of a filter whose reader has gone. There is nothing to report.
        }
        catch (OperationCanceledException)
        {
            return KilledBySignal + Flags.SIGINT;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"shimctl: input/output error: {VisibleText.OfLine(exception.Message.TrimEnd('.'))}: check the " +
                "files that standard input and output are redirected to, and their disk space");
            return (int)ExitCode.SystemError;
        }
        catch (Exception exception) when (MonoPosixLibrary.Explain(exception) is { } missing)
        {
            Console.Error.WriteLine($"shimctl: {VisibleText.OfLine(missing.Message)}");
            return (int)missing.ExitCode;
        }
    }

    /// <summary>On one line, which shows what is in it, and not longer than a person reads.</summary>
    private static string Shortened(string text) => VisibleText.OfLine(text.Length <= LongestText ? text : text[..LongestText] + "...");

    private static IEnumerable<string> Names(Command command) =>
        command is RootCommand ? ["shimctl"] : ["shimctl", command.Name];
}
