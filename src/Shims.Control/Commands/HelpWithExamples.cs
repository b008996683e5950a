using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Shims.Posix;

namespace Shims.Control.Commands;

/// <summary>The library's help, with the command's examples after it.</summary>
/// <param name="help">The library's help.</param>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <summary>Adds the examples to <c>--help</c> of every command.</summary>
    internal static void AddTo(RootCommand root)
    {
        // Not /h and /? too, which are paths, and which shells would suggest.
        var option = new HelpOption("--help", "-h", "-?");
        root.Options[root.Options.IndexOf(root.Options.OfType<HelpOption>().Single())] = option;
        var help = (HelpAction)option.Action!;
        help.MaxWidth = Libc.ColumnsOf(1); // .NET asks the terminal with escape sequences
        option.Action = new HelpWithExamples(help);
    }

    /// <summary>True: --help works even if the rest of the command line is wrong.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int result = help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is not ControlSubcommand { Examples.Count: > 0 } command)
            return result;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (Example example in command.Examples)
        {
            output.WriteLine($"  {example.CommandLine}");
            output.WriteLine($"      {example.Meaning}");
        }
        return result;
    }
}
