using System.CommandLine;
using System.CommandLine.Parsing;

namespace Shims.Control.Commands;

/// <summary>A command of <c>shimctl</c>: its help ends with examples.</summary>
/// <param name="name">As it is typed.</param>
/// <param name="description">What it is for.</param>
/// <param name="examples">At least one.</param>
internal abstract class ControlSubcommand(string name, string description, params IReadOnlyList<Example> examples) : Command(name, description)
{
    /// <summary>What people would type most often.</summary>
    internal IReadOnlyList<Example> Examples { get; } = examples;

    /// <summary>The value of an option, for a validator of several together; none where it is given wrongly, which the library says when these validators are through.</summary>
    protected static T? Given<T>(CommandResult command, Option<T> option)
    {
        try
        {
            return command.GetValue(option);
        }
        catch (InvalidOperationException)
        {
            return default; // No value, two of them, or one that is not allowed.
        }
    }

    /// <summary>For names of files: an option that there is not would otherwise be taken for one.</summary>
    protected static void CheckNames(ArgumentResult argument)
    {
        foreach (Token token in argument.Tokens)
        {
            if (token.Value.Length == 0)
                argument.AddError($"{argument.Argument.Name} is empty: name a file, or leave it out");
            else if (token.Value is ['-', _, ..])
                argument.AddError($"unknown option {token.Value}: leave it out; a file of that name is written ./{token.Value}");
        }
    }

    /// <summary>For options that take NAME=VALUE.</summary>
    protected static void CheckVariables(OptionResult option)
    {
        foreach (Token token in option.Tokens)
        {
            if (token.Value.IndexOf('=') <= 0)
                option.AddError($"{option.Option.Name} takes NAME=VALUE, not \"{token.Value}\": write for example {option.Option.Name} LANG=C.UTF-8");
        }
    }
}
