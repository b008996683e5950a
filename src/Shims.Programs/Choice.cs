using System.CommandLine;
using System.CommandLine.Parsing;

namespace Shims.Programs;

/// <summary>Options and arguments that take one of a few words.</summary>
internal static class Choice
{
    /// <summary>Lets an option take one of these words only.</summary>
    internal static void OneOf<T>(this Option<T> option, params string[] words)
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        option.Validators.Add(result => Check(result, option.Name, result.Tokens, words));
    }

    /// <summary>Lets an argument be one of these words only.</summary>
    internal static void OneOf<T>(this Argument<T> argument, params string[] words)
    {
        argument.CompletionSources.Clear();
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => Check(result, argument.Name, result.Tokens, words));
    }

    private static void Check(SymbolResult result, string name, IReadOnlyList<Token> tokens, string[] words)
    {
        foreach (Token token in tokens)
        {
            if (Array.IndexOf(words, token.Value) < 0)
            {
                string list = words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
                string example = (name.StartsWith('-') ? name + " " : "") + NearestWord.Closest(token.Value, words);
                result.AddError($"{name} takes {list}, not \"{token.Value}\": write for example {example}");
            }
        }
    }
}
