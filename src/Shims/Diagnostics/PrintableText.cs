using System.Text;

namespace Shims.Diagnostics;

/// <summary>Turns bytes of unknown kind into one line of text that cannot forge another.</summary>
internal static class PrintableText
{
    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (char next in Encoding.UTF8.GetString(bytes))
        {
            if (next is '\n' or '\r')
                text.Append(" / ");
            else
                text.Append(char.IsControl(next) ? '?' : next);
        }
        return text.ToString();
    }
}
