using System.Text;
using System.Text.RegularExpressions;
using Shims.Testing;

namespace Shims.Tests.Architecture;

/// <summary>All that the programs can print, read out of the source text and kept on one page, so that a reviewer sees every wording together and a changed one in the diff.</summary>
/// <remarks>Listed is every string literal with a lower-case word, a blank and another word in it. Literals with only a comma between them are one message, as cause and fix are.</remarks>
public sealed partial class MessageListTests
{
    private const string Page = "docs/messages.md";

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
            Block("""raw text "quoted" here"""); Name("word"); Words("A LIST OF NAMES");
            [GeneratedRegex("a pattern of words")]
            """";
        Assert.Equal(
            [
                "first cause: and fix",
                """second \"cause\": fix of {(a ? "one kind" : $"more {kinds}")} here""",
                """a path C:\ with ""quotes"": brace {{ kept }} and {x switch { 1 => "one way", _ => "" }}""",
                "raw text \"quoted\" here",
            ],
            MessagesIn(source));
    }

    private static string PageContent()
    {
        var page = new StringBuilder("""
            # What can the programs print?

            Every message of the programs and the library, file by file, as it is written in the source; `{...}` is filled in at run time. A test writes this page:
            `UPDATE_MESSAGES=1 dotnet test tests/Shims.Tests`.

            """);
        foreach (string file in Directory.EnumerateFiles(Repository.PathTo("src"), "*.cs", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file)).Order(StringComparer.Ordinal))
        {
            // Of what the compiler has written there.
            if (file.Split('/') is [_, _, "obj" or "bin", ..])
                continue;
            string[] messages = [.. MessagesIn(File.ReadAllText(Repository.PathTo(file))).Distinct()];
            if (messages.Length > 0)
                page.Append($"\n## {file}\n\n```text\n{string.Join('\n', messages)}\n```\n");
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
                messages[^1] += ": " + text.Value;
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

    [GeneratedRegex(@"^(u8)?,\s*$")]
    private static partial Regex OnlyComma();

    [GeneratedRegex("""[a-z]{2,}[,:;)]? [({\["']*[A-Za-z0-9]""")]
    private static partial Regex SeveralWords();
}
