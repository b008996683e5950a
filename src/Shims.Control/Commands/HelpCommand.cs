using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary><c>shimctl help</c>: the same as <c>--help</c>, for people who type it as a word.</summary>
internal sealed class HelpCommand : ControlSubcommand
{
    private readonly Argument<string?> _command = new("COMMAND")
    {
        Description = "The command to explain. Default: shimctl as a whole.",
        Arity = ArgumentArity.ZeroOrOne,
    };
    private readonly RootCommand _root;

    internal HelpCommand(RootCommand root)
        : base("help", "Explains a command, as --help after it does.",
            new Example("shimctl help doctor", "What doctor looks at, and its options."))
    {
        _root = root;
        _command.CompletionSources.Add(_ => root.Subcommands.Select(static command => new CompletionItem(command.Name)));
        _command.Validators.Add(CheckCommand);
        Add(_command);
        SetAction(Run);
    }

    private int Run(ParseResult result) =>
        _root.Parse(result.GetValue(_command) is { } command ? [command, "--help"] : ["--help"])
            .Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });

    private void CheckCommand(ArgumentResult argument)
    {
        foreach (Token token in argument.Tokens)
        {
            if (_root.Subcommands.Any(command => command.Name == token.Value))
                continue;
            (string cause, string cure) = CommandLineFault.Unknown(token.Value, token.Value.StartsWith('-') ? this : _root, usualCure: "");
            argument.AddError(cure.Length == 0 ? cause : $"{cause}: {cure}");
        }
    }
}
