using System.Text.RegularExpressions;

namespace Shims.Control.Servers.Reading;

/// <summary>Regular expressions of Perl, as nginx and HAProxy have them.</summary>
internal static class PerlExpression
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Compiles an expression; null if it is not one. Those that .NET reads differently are few, and none of them is common in paths.
    /// </summary>
    internal static Regex? TryCompile(string expression, bool ignoreCase)
    {
        try
        {
            return new Regex(expression.Replace("(?P<", "(?<", StringComparison.Ordinal),
                RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None), s_limit);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
