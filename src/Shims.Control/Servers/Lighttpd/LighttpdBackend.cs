using System.Text.RegularExpressions;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Lighttpd;

/// <summary>One of the backends of <c>fastcgi.server</c> or <c>scgi.server</c>.</summary>
/// <param name="Word">fastcgi or scgi.</param>
/// <param name="Key">The path or the suffix of its requests.</param>
/// <param name="Place">Where the key stands.</param>
/// <param name="Settings">What is in its brackets.</param>
/// <param name="Conditions">What the setting stands in.</param>
internal sealed partial record LighttpdBackend(string Word, string Key, SourceLocation Place, LighttpdValue Settings,
    IReadOnlyList<string> Conditions)
{
    /// <summary>True if all of the URL's path is PATH_INFO, so that the gateway finds out where the script ends.</summary>
    internal bool SendsWholePath => Key == "/" && Settings["fix-root-scriptname"]?.Text == "enable";

    /// <summary>The beginning of its URLs, as far as the innermost condition on them says so.</summary>
    internal string UrlPrefix =>
        Conditions.Select(condition => UrlCondition().Match(condition)).LastOrDefault(match => match.Success)?.Groups[1]
            .Value.Replace("\\", "", StringComparison.Ordinal)
            ?? "/";

    [GeneratedRegex("\"url\"\\s*\\]\\s*=~\\s*\"\\^((?:[\\w/~@-]|\\\\.)+)")]
    private static partial Regex UrlCondition();
}
