using System.CommandLine;
using Shims.Diagnostics;

namespace Shims.Control.Commands;

/// <summary><c>shimctl completions</c>: the script with which a shell completes the command line of <c>shimctl</c>.</summary>
/// <remarks>The script asks <c>shimctl</c> itself, by System.CommandLine's directive <c>[suggest:POSITION]</c>, so it names no
/// command.</remarks>
internal sealed class CompletionsCommand : ControlSubcommand
{
    private const string Bash = """
        # Completes the command line of shimctl in bash. Load it with: eval "$(shimctl completions bash)"
        _shimctl() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(shimctl "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _shimctl shimctl

        """;

    private const string Zsh = """
        #compdef shimctl
        # Completes the command line of shimctl in zsh. Load it with: eval "$(shimctl completions zsh)"
        _shimctl() {
            local -a suggestions
            suggestions=("${(@f)$(shimctl "[suggest:$#BUFFER]" "$BUFFER" 2>/dev/null)}")
            compadd -- $suggestions || _files
        }
        if [ "$funcstack[1]" = _shimctl ]; then _shimctl; else compdef _shimctl shimctl; fi

        """;

    private const string Fish = """
        # Completes the command line of shimctl in fish. Load it with: shimctl completions fish | source
        complete -c shimctl -a '(shimctl "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'

        """;

    private readonly Argument<string> _shell = new("SHELL") { Description = "bash, zsh or fish." };

    internal CompletionsCommand()
        : base("completions", "Prints a script with which a shell completes commands and options of shimctl.",
            new Example("eval \"$(shimctl completions bash)\"", "In ~/.bashrc; for zsh in ~/.zshrc, after compinit."),
            new Example("shimctl completions fish | source", "In ~/.config/fish/config.fish."))
    {
        _shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        Add(_shell);
        SetAction(Run);
    }

    private int Run(ParseResult result)
    {
        Console.Out.Write(result.GetValue(_shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
        return (int)ExitCode.Served;
    }
}
