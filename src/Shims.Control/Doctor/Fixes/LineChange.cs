using System.Globalization;
using System.Text;

namespace Shims.Control.Doctor.Fixes;

/// <summary>A change to one line of a file.</summary>
/// <param name="Kind">What happens to the line.</param>
/// <param name="Line">The number of the line, from 1; 0 for every line.</param>
/// <param name="Text">The new text.</param>
/// <param name="Old">The text that the new one replaces, if that is less than a line.</param>
internal sealed record LineChange(LineChangeKind Kind, int Line, string Text = "", string Old = "")
{
    /// <summary>Stands for the last line of a file.</summary>
    internal const int LastLine = int.MaxValue;

    /// <summary>The same as a command of sed(1). The backslash after a and i keeps the blanks that follow it.</summary>
    internal string ToSed() => Address + Kind switch
    {
        LineChangeKind.Replace => Substitute(),
        LineChangeKind.Rewrite => $"s|.*|{Escape(Text, "&\\|")}|",
        LineChangeKind.InsertBefore => $"i\\{Escape(Text, "\\")}",
        LineChangeKind.AppendAfter => $"a\\{Escape(Text, "\\")}",
        LineChangeKind.Delete => "d",
        LineChangeKind.DropByteOrderMark => @"s/^\xEF\xBB\xBF//",
        _ => @"s/\r$//",
    };

    private string Address => Line switch { 0 => "", LastLine => "$", _ => Line.ToString(CultureInfo.InvariantCulture) };

    private string Substitute()
    {
        char divider = "|#,~%!@;".First(candidate => candidate is ';' || (!Old.Contains(candidate) && !Text.Contains(candidate)));
        return $"s{divider}{Escape(Old, $".[]*^$\\{divider}")}{divider}{Escape(Text, $"&\\{divider}")}{divider}";
    }

    private static string Escape(string text, string special)
    {
        var escaped = new StringBuilder();
        foreach (char character in text)
            escaped.Append(special.Contains(character) ? "\\" : "").Append(character);
        return escaped.ToString();
    }
}

/// <summary>The ways to change a line.</summary>
internal enum LineChangeKind
{
    /// <summary>A part of it is replaced.</summary>
    Replace,

    /// <summary>All of it is replaced.</summary>
    Rewrite,

    /// <summary>A line is written before it.</summary>
    InsertBefore,

    /// <summary>A line is written after it.</summary>
    AppendAfter,

    /// <summary>It is removed.</summary>
    Delete,

    /// <summary>A byte order mark at its beginning is removed.</summary>
    DropByteOrderMark,

    /// <summary>A carriage return at its end is removed.</summary>
    DropCarriageReturn,
}
