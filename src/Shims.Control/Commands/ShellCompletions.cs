using System.Text;
using Shims.Gateway.Connections;
using Shims.Programs;

namespace Shims.Control.Commands;

/// <summary>The scripts with which shells complete the command lines of all programs.</summary>
/// <remarks>Those of the gateways are made from their options; <c>shimctl</c> is asked itself.</remarks>
internal static class ShellCompletions
{
    private static readonly CompletedOption[] s_informing =
        [new("--help", "Print a summary.", null, []), new("--version", "Print the version.", null, [])];

    /// <summary>The programs that scripts for them are made for, each with its options.</summary>
    private static IEnumerable<(string Program, IReadOnlyList<CompletedOption> Options)> Programs =>
    [
        ("scgi-run", GatewayCommand.CompletedOptions("scgi-run", Protocols.Scgi)),
        ("fcgi-run", GatewayCommand.CompletedOptions("fcgi-run", Protocols.FastCgi)),
        ("uwsgi-run", GatewayCommand.CompletedOptions("uwsgi-run", Protocols.Uwsgi)),
        ("ajp-run", GatewayCommand.CompletedOptions("ajp-run", Protocols.Ajp13)),
        ("shim-dotnet", s_informing),
        ("wsgi-run", s_informing),
    ];

    internal static string Bash()
    {
        var script = new StringBuilder("""
            # Completes the command lines of shimctl and the other programs in bash. Load it with: eval "$(shimctl completions bash)"
            _shimctl() {
                local IFS=$'\n'
                COMPREPLY=($(compgen -W "$(shimctl "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _shimctl shimctl

            """);
        foreach ((string program, IReadOnlyList<CompletedOption> options) in Programs)
        {
            string function = FunctionOf(program);
            script.Append($"\n{function}() {{\n    local word=\"${{COMP_WORDS[COMP_CWORD]}}\"\n")
                .Append("    case \"${COMP_WORDS[COMP_CWORD-1]}\" in\n");
            foreach (CompletedOption option in options.Where(static option => option.Choices.Count > 0))
                script.Append($"        {option.Name}) {Reply(option.Choices)}; return ;;\n");
            // Of a path the shell knows more; of another value there is nothing to suggest.
            script.Append(Case(options, static option => option.IsPath, "COMPREPLY=(); return"))
                .Append(Case(options, static option => option is { IsPath: false, Value: not null, Choices.Count: 0 },
                    "compopt +o default 2>/dev/null; COMPREPLY=(); return"))
                .Append($"    esac\n    [[ $word == -* ]] && {Reply(options.Select(static option => option.Name))}\n}}\n")
                .Append($"complete -o default -F {function} {program}\n");
        }
        return script.ToString();
    }

    internal static string Zsh()
    {
        string names = string.Join(' ', Programs.Select(static program => program.Program));
        var script = new StringBuilder($$"""
            #compdef shimctl {{names}}
            # Completes the command lines of shimctl and the other programs in zsh. Load it with: eval "$(shimctl completions zsh)"
            _shimctl() {
                case "$service" in

            """);
        foreach ((string program, IReadOnlyList<CompletedOption> options) in Programs)
        {
            script.Append($"    {program}) _arguments -S");
            foreach (CompletedOption option in options)
                script.Append($" \\\n        '*{option.Name}[{ZshText(option.Description)}]{ZshValue(option)}'");
            script.Append(" \\\n        '1:target:_files' '*::argument:_files'; return ;;\n");
        }
        return script.Append($$"""
                esac
                local -a suggestions
                suggestions=("${(@f)$(shimctl "[suggest:$#BUFFER]" "$BUFFER" 2>/dev/null)}")
                compadd -- $suggestions || _files
            }
            if [ "$funcstack[1]" = _shimctl ]; then _shimctl; else compdef _shimctl shimctl {{names}}; fi

            """).ToString();
    }

    internal static string Fish()
    {
        var script = new StringBuilder("""
            # Completes the command lines of shimctl and the other programs in fish. Load it with: shimctl completions fish | source
            complete -c shimctl -a '(shimctl "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'

            """);
        foreach ((string program, IReadOnlyList<CompletedOption> options) in Programs)
        {
            foreach (CompletedOption option in options)
            {
                string value = option.Choices.Count > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'"
                    : option.IsPath ? " -r"
                    : option.Value is not null ? " -x"
                    : "";
                string text = option.Description.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal);
                script.Append($"complete -c {program} -l {option.Name[2..]}{value} -d '{text}'\n");
            }
        }
        return script.ToString();
    }

    private static string Case(IReadOnlyList<CompletedOption> options, Func<CompletedOption, bool> isOfKind, string act)
    {
        string names = string.Join('|', options.Where(isOfKind).Select(static option => option.Name));
        return names.Length == 0 ? "" : $"        {names}) {act} ;;\n";
    }

    private static string Reply(IEnumerable<string> words) => $"COMPREPLY=($(compgen -W '{string.Join(' ', words)}' -- \"$word\"))";

    private static string FunctionOf(string program) => "_" + program.Replace('-', '_');

    private static string ZshValue(CompletedOption option) =>
        option.Choices.Count > 0 ? $":value:({string.Join(' ', option.Choices)})"
        : option.IsPath ? $":{ZshText(option.Value!)}:_files"
        : option.Value is not null ? $":{ZshText(option.Value)}: "
        : "";

    /// <summary>Within single quotes, and between brackets or colons.</summary>
    private static string ZshText(string text)
    {
        var escaped = new StringBuilder();
        foreach (char next in text)
            escaped.Append(next == '\'' ? "'\\''" : next is '[' or ']' or ':' or '\\' ? $"\\{next}" : next.ToString());
        return escaped.ToString();
    }
}
