using System.Globalization;
using System.Text;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Turns bytes and text of unknown kind into one line of text that cannot forge another, nor show itself as something else.</summary>
internal static class PrintableText
{
    /// <summary>The path of a script.</summary>
    internal static unsafe string Of(in LaunchPlan plan) => Of(new ReadOnlySpan<byte>(plan.Path, Libc.LengthOf(plan.Path)));

    internal static string Of(ReadOnlySpan<byte> bytes) => Of(Encoding.UTF8.GetString(bytes).AsSpan());

    internal static string Of(ReadOnlySpan<char> characters)
    {
        var text = new StringBuilder(characters.Length);
        Span<char> pair = stackalloc char[2];
        Rune before = default;
        foreach (Rune next in characters.EnumerateRunes())
        {
            if (next.Value is '\n' or '\r')
                text.Append(before.Value == '\r' && next.Value == '\n' ? "" : " / ");
            else if (IsPrintable(next))
                text.Append(pair[..next.EncodeToUtf16(pair)]);
            else
                text.Append('?');
            before = next;
        }
        return text.ToString();
    }

    /// <summary>Characters of the category Format are invisible, and some of them turn the direction of the text around them (U+202E).</summary>
    internal static bool IsPrintable(Rune next) =>
        Rune.GetUnicodeCategory(next) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
