using System.Text;
using Shims.Posix;

namespace Shims.Diagnostics;

/// <summary>Turns bytes of unknown kind into one line of text that cannot forge another.</summary>
internal static class PrintableText
{
    /// <summary>The path of a script.</summary>
    internal static unsafe string Of(in LaunchPlan plan) => Of(new ReadOnlySpan<byte>(plan.Path, Libc.LengthOf(plan.Path)));

    internal static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (char next in Encoding.UTF8.GetString(bytes))
        {
            if (next is '\n' or '\r')
                text.Append(" / ");
            else
                text.Append(char.IsControl(next) || next is '\u2028' or '\u2029' ? '?' : next);
        }
        return text.ToString();
    }
}
