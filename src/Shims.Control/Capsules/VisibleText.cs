using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shims.Control.Capsules;

/// <summary>Bytes of unknown kind as text that does nothing to a terminal: what is no printable text is written as <c>\x1b</c>.</summary>
internal static class VisibleText
{
    /// <summary>A value, on one line.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes) => Write(bytes, keepsLines: false);

    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>What somebody wrote, line by line. Tabs stay.</summary>
    internal static string[] Lines(ReadOnlySpan<byte> bytes)
    {
        string text = Write(bytes, keepsLines: true);
        return (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
    }

    /// <summary>Whether it can be read as text.</summary>
    internal static bool IsText(ReadOnlySpan<byte> bytes)
    {
        int strange = 0, length = bytes.Length;
        while (!bytes.IsEmpty)
        {
            strange += IsShown(bytes, out Rune rune, out int size) || rune.Value is '\n' or '\r' or '\t' ? 0 : size;
            bytes = bytes[size..];
        }
        return strange * 10 <= length;
    }

    private static string Write(ReadOnlySpan<byte> bytes, bool keepsLines)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            bool isShown = IsShown(bytes, out Rune rune, out int size);
            if (keepsLines && bytes is [(byte)'\r', (byte)'\n', ..])
            {
                size = 1; // a line end like any other
            }
            else if (isShown || (keepsLines && rune.Value is '\n' or '\t'))
            {
                text.Append(rune.Value == '\\' ? "\\\\" : rune.ToString());
            }
            else
            {
                foreach (byte next in bytes[..size])
                    text.Append(CultureInfo.InvariantCulture, $"\\x{next:x2}");
            }
            bytes = bytes[size..];
        }
        return text.ToString();
    }

    /// <summary>Whether the next character is one that a terminal shows, and does not obey: no control, and nothing that turns the direction of writing.</summary>
    private static bool IsShown(ReadOnlySpan<byte> bytes, out Rune rune, out int size)
    {
        if (Rune.DecodeFromUtf8(bytes, out rune, out size) != OperationStatus.Done)
        {
            rune = default;
            return false;
        }
        return Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
    }
}
