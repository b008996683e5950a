using System.Text;
using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.Tests.Architecture;

/// <summary>All that the programs can print, read out of the source text and kept on one page, so that a reader finds one, and a reviewer sees a changed wording in the diff.</summary>
/// <remarks>Listed is every string literal with a lower-case word, a blank and another word in it. Literals with only a comma or a plus sign between them are one message.</remarks>
public sealed partial class MessageListTests
{
    private const string Page = "docs/messages.md";

    /// <summary>Between literals that stand next to each other, mostly a cause and its fix.</summary>
    private const string Separator = "\u001f";

    [Fact]
    public void The_page_of_messages_has_every_message_of_the_source()
    {
        string content = PageContent();
        if (Environment.GetEnvironmentVariable("UPDATE_MESSAGES") == "1")
            File.WriteAllText(Repository.PathTo(Page), content);
        Assert.True(File.ReadAllText(Repository.PathTo(Page)) == content, $"{Page} is not what the source says: run UPDATE_MESSAGES=1 dotnet test tests/Shims.Tests, and read its diff");
    }

    [Fact]
    public void The_reader_of_literals_finds_each_form_of_a_string()
    {
        const string source = """"
            // a comment says "no message here"
            Fail("first cause", "and fix"); /* nor "one here" */ Fail('"', "second \"cause\"", $"fix of {(a ? "one kind" : $"more {kinds}")} here");
            Write(@"a path C:\ with ""quotes"""u8, $"brace {{ kept }} and {x switch { 1 => "one way", _ => "" }}");
            Long("the first part of a line, " +
                $"and {more} of it");
            Block("""raw text "quoted" here"""); Name("word"); Words("A LIST OF NAMES");
            [GeneratedRegex("a pattern of words")]
            """";
        Assert.Equal(
            [
                "first cause: and fix",
                """second \"cause\": fix of {(a ? "one kind" : $"more {kinds}")} here""",
                """a path C:\ with ""quotes"": brace {{ kept }} and {x switch { 1 => "one way", _ => "" }}""",
                "the first part of a line, and {more} of it",
                "raw text \"quoted\" here",
            ],
            MessagesIn(source).Select(static message => message.Replace(Separator, ": ", StringComparison.Ordinal)));
    }

    private static string PageContent()
    {
        var page = new StringBuilder("""
            # What can the programs print, and what is to be done?

            Every message of the programs and the library, part by part, in the order of the alphabet; the fix is indented below its cause. `{...}` is filled in at run time,
            and does not count in the order: look a message up by its first word that is always the same. A test writes this page: `UPDATE_MESSAGES=1 dotnet test tests/Shims.Tests`.

            """);
        var files = Directory.EnumerateFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file))
            // Without what the compiler has written there.
            .Where(file => file.Split('/') is not [_, _, "obj" or "bin", ..]);
        foreach (IGrouping<string, string> folder in files.GroupBy(file => Path.GetDirectoryName(file)!).OrderBy(folder => folder.Key, StringComparer.Ordinal))
        {
            string[] messages = [.. folder.SelectMany(file => MessagesIn(File.ReadAllText(Repository.PathTo(file)))).Distinct()
                .OrderBy(message => Unfilled().Replace(message, ""), StringComparer.OrdinalIgnoreCase).ThenBy(message => message, StringComparer.Ordinal)];
            if (messages.Length > 0)
                page.Append($"\n## {folder.Key}\n\n```text\n{string.Join('\n', messages.Select(message => message.Replace(Separator, "\n    ", StringComparison.Ordinal)))}\n```\n");
        }
        return page.ToString();
    }

    private static List<string> MessagesIn(string source)
    {
        var messages = new List<string>();
        int end = -1;
        foreach (Match token in Token().Matches(source))
        {
            Group text = token.Groups["text"];
            bool isText = text.Success && !source.AsSpan(0, token.Index).EndsWith("GeneratedRegex(", StringComparison.Ordinal);
            if (isText && end >= 0 && OnlyComma().IsMatch(source[end..token.Index]))
                messages[^1] += Separator + text.Value;
            else if (isText && end >= 0 && OnlyPlus().IsMatch(source[end..token.Index]))
                messages[^1] += text.Value;
            else if (isText)
                messages.Add(text.Value);
            end = isText ? token.Index + token.Length : -1;
        }
        return [.. messages.Where(message => SeveralWords().IsMatch(message))];
    }

    /// <summary>A comment, a character or a string of C#; a string's content is the group <c>text</c>. Strings in the holes of an interpolated string belong to it.</summary>
    [GeneratedRegex(
        """"
        //[^\n]*
        | /\*.*?\*/
        | '(?: \\.[^']* | [^'\\\n] )'
        | \$*(?<quotes>"{3,})(?<text>.*?)\k<quotes>
        | (?:\$@|@\$|@)"(?<text>(?: "" | [^"] )*)"
        | \$"(?<text>(?: \\. | \{\{ | \}\} | \{(?: [^{}"] | \$?"(?:\\.|[^"\\])*" | \{(?: [^{}"] | \$?"(?:\\.|[^"\\])*" )*\} )*\} | [^"\\{] )*)"
        | "(?<text>(?: \\. | [^"\\] )*)"
        """",
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Token();

    /// <summary>What is filled in at the beginning of a message, and quotation marks.</summary>
    [GeneratedRegex(@"^(\{[^}]*\}|[^A-Za-z0-9{-])+")]
    private static partial Regex Unfilled();

    [GeneratedRegex(@"^(u8)?,\s*$")]
    private static partial Regex OnlyComma();

    [GeneratedRegex(@"^\s*\+\s*$")]
    private static partial Regex OnlyPlus();

    [GeneratedRegex("""[a-z]{2,}[,:;)]? [({\["']*[A-Za-z0-9]""")]
    private static partial Regex SeveralWords();
}
