using System.Buffers;
using System.Globalization;
using System.Text;

namespace Shims.Control.Terminal;

/// <summary>Makes untrusted bytes safe for a terminal: every character that is not printable becomes an escape such as
/// <c>\x1b</c>.</summary>
internal static class VisibleText
{
    /// <summary>Escapes a value, on one line.</summary>
    internal static string Of(ReadOnlySpan<byte> bytes) => Write(bytes, keepsLines: false, doublesBackslashes: true);

    internal static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Escapes a message of this program, on one line. Backslashes are kept, as it may contain a command.</summary>
    internal static string OfLine(string text) => Write(Encoding.UTF8.GetBytes(text), keepsLines: false, doublesBackslashes: false);

    /// <summary>Whether a text is printed unchanged: it contains no control characters and no invisible ones.</summary>
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

    /// <summary>Escapes the control characters that the JSON encoder has left, as JSON escapes.</summary>
    internal static string OfJson(string json)
    {
        var text = new StringBuilder(json.Length);
        Span<char> units = stackalloc char[2];
        foreach (Rune rune in json.EnumerateRunes())
        {
            ReadOnlySpan<char> character = units[..rune.EncodeToUtf16(units)];
            if (rune.Value is '\n' or '\r' || !IsControl(rune))
            {
                text.Append(character);
                continue;
            }
            foreach (char unit in character)
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }
        return text.ToString();
    }

    /// <summary>Escapes a text, and splits it into lines. Tabs are kept.</summary>
    internal static string[] Lines(ReadOnlySpan<byte> bytes)
    {
        string text = Write(bytes, keepsLines: true, doublesBackslashes: true);
        return (text.EndsWith('\n') ? text[..^1] : text).Split('\n');
    }

    /// <summary>Whether at least nine tenths of the bytes are printable text.</summary>
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
                size = 1; // CR LF counts as one line end.
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

    /// <summary>Decodes the next character.</summary>
    /// <returns>True if it is printable: not a control character, and not one that changes the direction of writing.</returns>
    private static bool IsShown(ReadOnlySpan<byte> bytes, out Rune rune, out int size)
    {
        if (Rune.DecodeFromUtf8(bytes, out rune, out size) != OperationStatus.Done)
        {
            rune = default;
            return false;
        }
        return !IsControl(rune);
    }

    private static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
