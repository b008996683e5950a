using System.CommandLine;
using Shims.Diagnostics;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary><c>shimctl completions</c>: the script with which a shell completes the command lines of all programs.</summary>
/// <remarks>For <c>shimctl</c> it asks <c>shimctl</c> itself, by System.CommandLine's directive <c>[suggest:POSITION]</c>, so it names no
/// command.</remarks>
internal sealed class CompletionsCommand : ControlSubcommand
{
    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    internal CompletionsCommand()
        : base("completions", "Prints a script with which a shell completes commands and options of all programs.",
            new Example("eval \"$(shimctl completions bash)\"", "In ~/.bashrc; for zsh in ~/.zshrc, after compinit."),
            new Example("shimctl completions fish | source", "In ~/.config/fish/config.fish."))
    {
        _shell.OneOf("bash", "zsh", "fish");
        Add(_shell);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        Console.Out.Write(result.GetValue(_shell) switch
        {
            "bash" => ShellCompletions.Bash(),
            "zsh" => ShellCompletions.Zsh(),
            _ => ShellCompletions.Fish(),
        });
        return (int)ExitCode.Served;
    }
}
