using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shims.Control.Terminal;

/// <summary>Bytes of unknown kind as text that does nothing to a terminal: what is no printable text is written as <c>\x1b</c>.</summary>
internal static class VisibleText
{
    /// <summary>A value, on one line.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes) => Write(bytes, keepsLines: false, doublesBackslashes: true);

    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>A sentence of ours with names and values in it, on one line. Backslashes stay as they are, as it may hold a command.</summary>
    internal static string OfLine(string text) => Write(Encoding.UTF8.GetBytes(text), keepsLines: false, doublesBackslashes: false);

    /// <summary>Whether all of a text is shown as it is: nothing in it is obeyed by a terminal, or not to be seen.</summary>
    internal static bool IsVisible(string text)
    {
        for (ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(text); !bytes.IsEmpty;)
        {
            if (!IsShown(bytes, out Rune rune, out int size) || rune == Rune.ReplacementChar)
                return false;
            bytes = bytes[size..];
        }
        return true;
    }

    /// <summary>JSON whose strings hold nothing that a terminal obeys: what the encoder has left is written as an escape of JSON's own.</summary>
    internal static string OfJson(string json)
    {
        var text = new StringBuilder(json.Length);
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in json.EnumerateRunes())
        {
            ReadOnlySpan<char> character = units[..rune.EncodeToUtf16(units)];
            if (rune.Value is '\n' or '\r' || !IsObeyed(rune))
            {
                text.Append(character);
                continue;
            }
            foreach (char unit in character)
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
        return text.ToString();
    }

    /// <summary>What somebody wrote, line by line. Tabs stay.</summary>
    internal static string[] Lines(ReadOnlySpan<byte> bytes)
    {
        string text = Write(bytes, keepsLines: true, doublesBackslashes: true);
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

    private static string Write(ReadOnlySpan<byte> bytes, bool keepsLines, bool doublesBackslashes)
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
                text.Append(rune.Value == '\\' && doublesBackslashes ? "\\\\" : rune.ToString());
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
        return !IsObeyed(rune);
    }

    private static bool IsObeyed(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
