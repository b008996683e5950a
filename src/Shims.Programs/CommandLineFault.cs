using System.CommandLine;
using System.CommandLine.Parsing;

namespace Shims.Programs;

/// <summary>The fault of a command line, in our words instead of the library's: the cause, then the fix.</summary>
internal static class CommandLineFault
{
    /// <summary>The beginnings of the library's own messages. All others are of our validators.</summary>
    private static readonly string[] s_library =
    [
        "Required argument missing", "Required command was not", "Unrecognized command", "Cannot parse argument",
        "Option '", "Argument '", "Command '",
    ];

    /// <summary>Explains the fault that is to be mended first.</summary>
    /// <param name="result">A command line with errors.</param>
    /// <param name="usualCure">The fix where there is no better one.</param>
    internal static (string Cause, string Cure) Explain(ParseResult result, string usualCure)
    {
        CommandResult command = result.CommandResult;
        foreach (string word in result.UnmatchedTokens)
            return Unknown(word, command.Command, usualCure);
        foreach (SymbolResult child in command.Children)
        {
            if (child is OptionResult { Implicit: false } option && Of(option) is { } cause)
                return (cause, usualCure);
        }
        foreach (ParseError error in result.Errors)
        {
            if (!IsLibrarys(error.Message))
                return Divide(error.Message, usualCure);
        }
        return Missing(command, usualCure) ?? Unreadable(result.Errors[0], usualCure);
    }

    /// <summary>An option or a command that does not exist, or a word that is one too many.</summary>
    internal static (string Cause, string Cure) Unknown(string word, Command command, string usualCure)
    {
        bool isOption = word.Length > 1 && word[0] == '-', isCommand = !isOption && command.Subcommands.Count > 0;
        int end = isOption ? word.IndexOf('=') : -1;
        string name = end < 0 ? word : word[..end];
        string? nearest = NearestWord.Among(name, isOption ? OptionNames(command) : isCommand ? CommandNames(command) : []);
        string shown = word.Length == 0 ? "\"\"" : name;
        string cause = isOption ? $"unknown option {shown}" : isCommand ? $"unknown command {shown}" : $"unexpected argument {shown}";
        return (cause, nearest is not null ? $"write {nearest}" : isOption || isCommand ? usualCure : "leave it out");
    }

    /// <summary>The names of a command's options, and of those that all commands have.</summary>
    internal static IEnumerable<string> OptionNames(Command command)
    {
        foreach (Option option in command.Options)
        {
            if (!option.Hidden)
                yield return option.Name;
        }
        foreach (Symbol parent in command.Parents)
        {
            if (parent is not Command above)
                continue;
            foreach (Option option in above.Options)
            {
                if (option.Recursive && !option.Hidden)
                    yield return option.Name;
            }
        }
    }

    private static IEnumerable<string> CommandNames(Command command)
    {
        foreach (Command subcommand in command.Subcommands)
            yield return subcommand.Name;
    }

    private static string? Of(OptionResult option)
    {
        ArgumentArity arity = option.Option.Arity;
        string name = option.Option.Name;
        int count = option.Tokens.Count;
        return count < arity.MinimumNumberOfValues ? $"{name} needs a value"
            : count > arity.MaximumNumberOfValues ? $"{name} is given {count} times, and once is enough"
            : null;
    }

    private static (string Cause, string Cure)? Missing(CommandResult command, string usualCure)
    {
        foreach (Option option in command.Command.Options)
        {
            if (option.Required && command.GetResult(option) is null or { Implicit: true })
                return ($"{option.Name} is missing", usualCure);
        }
        foreach (Argument argument in command.Command.Arguments)
        {
            if (argument.Arity.MinimumNumberOfValues > 0 && command.GetResult(argument) is null or { Tokens.Count: 0 })
                return ($"{argument.Name} is missing", usualCure);
        }
        return command.Command is { Subcommands.Count: > 0, Action: null } ? ("no command is given", usualCure) : null;
    }

    /// <summary>A value that is not of the option's kind. All of ours that are not text are numbers.</summary>
    private static (string Cause, string Cure) Unreadable(ParseError error, string usualCure) =>
        error.SymbolResult is OptionResult { Tokens: [var token, ..] } option
            ? ($"{option.Option.Name} takes a number, not \"{token.Value}\"", usualCure)
            : Divide(error.Message, usualCure);

    private static bool IsLibrarys(string message) => Array.Exists(s_library, start => message.StartsWith(start, StringComparison.Ordinal));

    /// <summary>A message of ours has its fix at its end, in most cases.</summary>
    private static (string Cause, string Cure) Divide(string message, string usualCure)
    {
        string line = message.ReplaceLineEndings(" ").Replace("\t", " ", StringComparison.Ordinal).TrimEnd('.');
        int colon = line.LastIndexOf(": ", StringComparison.Ordinal);
        return colon < 0 ? (line, usualCure) : (line[..colon], line[(colon + 2)..]);
    }
}
