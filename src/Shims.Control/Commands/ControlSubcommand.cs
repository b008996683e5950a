using System.CommandLine;
using System.CommandLine.Parsing;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary>A command of <c>shimctl</c>, with examples at the end of its help.</summary>
/// <param name="name">The word on the command line.</param>
/// <param name="description">The first line of its help.</param>
/// <param name="examples">At least one.</param>
internal abstract class ControlSubcommand(string name, string description, params IReadOnlyList<Example> examples)
    : Command(name, description)
{
    /// <summary>The most usual command lines.</summary>
    internal IReadOnlyList<Example> Examples { get; } = examples;

    /// <summary>Creates an option that takes a value.</summary>
    /// <param name="name">For instance <c>--port</c>.</param>
    /// <param name="valueName">The name of the value in the help.</param>
    /// <param name="description">Text for <c>--help</c>.</param>
    /// <param name="aliases">Short forms, such as <c>-d</c>.</param>
    protected static Option<T> Valued<T>(string name, string valueName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = valueName };

    /// <summary>Option value for cross-option validators; the default if the option itself is invalid, which the library reports
    /// separately.</summary>
    internal static T? Given<T>(CommandResult command, Option<T> option)
    {
        try
        {
            return command.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            return default; // No value, two values, or a value that is not allowed.
        }
    }

    /// <summary>Refuses an unknown option where a file name is expected: the library would take it for the name.</summary>
    protected static void CheckNames(ArgumentResult argument)
    {
        foreach (Token token in argument.Tokens)
        {
            if (token.Value.Length == 0)
                argument.AddError($"{argument.Argument.Name} is empty: name a file, or leave it out");
            else if (token.Value is ['-', _, ..])
            {
                string? nearest = NearestWord.Among(token.Value, CommandLineFault.OptionNames(((CommandResult)argument.Parent!).Command));
                string cure = nearest is null ? "leave it out" : $"write {nearest}";
                argument.AddError($"unknown option {token.Value}: {cure}, or write ./{token.Value} for a file of that name");
            }
        }
    }

    /// <summary>Checks an option that takes NAME=VALUE.</summary>
    protected static void CheckVariables(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (token.Value.IndexOf('=') <= 0)
            {
                option.AddError($"{option.Option.Name} takes NAME=VALUE, not \"{token.Value}\": write for example {option.Option.Name} " +
                    "LANG=C.UTF-8");
            }
        }
    }
}
