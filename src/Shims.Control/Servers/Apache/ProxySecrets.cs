using System.Text.RegularExpressions;
using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Apache;

/// <summary>The secrets that Apache sends over AJP13: of ProxyPass and BalancerMember themselves, or of a ProxySet for the same backend.</summary>
/// <remarks><code>
///   ProxyPass PATH URL ... secret=S
///   ProxySet URL ... secret=S
///   &lt;Proxy URL&gt; ProxySet ... secret=S &lt;/Proxy&gt;
/// </code>
/// What stands last counts. A ProxySet is for the backend whose URL its own begins with, or that begins with its own.
/// </remarks>
internal sealed partial class ProxySecrets
{
    private const string Setting = "secret=";

    /// <summary>The URL that a ProxySet is for, and the secret in it.</summary>
    private readonly (string Url, Token Secret)[] _set;

    private readonly Directive[] _all;

    /// <param name="all">All directives, in the order in which Apache reads them.</param>
    internal ProxySecrets(Directive[] all)
    {
        _all = all;
        _set = [.. all.Where(static directive => directive.Is("ProxySet")).Select(directive => (Url: UrlOf(directive), Secret: In(directive)))
            .Where(static found => found.Secret is not null).Select(static found => (found.Url, found.Secret!))];
    }

    /// <summary>The secret that goes to a backend, with its place; null if there is none.</summary>
    /// <param name="directive">ProxyPass, BalancerMember or SetHandler.</param>
    /// <param name="target">The backend, as the directive names it.</param>
    internal Token? Of(Directive directive, string target)
    {
        Token? own = In(directive);
        Token? set = _set.LastOrDefault(set => IsSame(Canonical(target), set.Url)).Secret;
        return own is null || set is null ? own ?? set : IndexOf(own) > IndexOf(set) ? own : set;
    }

    /// <summary>Where a directive stands among all: the files that it may be in are read one in the other.</summary>
    private int IndexOf(Token secret) => Array.FindLastIndex(_all, directive => directive.Place == secret.Place);

    /// <summary>In a Proxy section the URL is the section's.</summary>
    private string UrlOf(Directive set) => Canonical(
        Array.Find(_all, section => section.Is("Proxy") && section.Contents.Any(inner => ReferenceEquals(inner, set)))?.Argument ?? set.Argument);

    private static Token? In(Directive directive) =>
        directive.Arguments.LastOrDefault(static argument => argument.Text.StartsWith(Setting, StringComparison.OrdinalIgnoreCase)) is { } setting
            ? setting with { Text = setting.Text[Setting.Length..] }
            : null;

    private static bool IsSame(string one, string other) =>
        one.Length > 0 && other.Length > 0 && (one.StartsWith(other, StringComparison.Ordinal) || other.StartsWith(one, StringComparison.Ordinal));

    /// <summary>A URL without what SetHandler writes before it, and with a slash at its end, so that no port is the beginning of another.</summary>
    private static string Canonical(string url) => Prefix().Replace(url, "").TrimEnd('/') is { Length: > 0 } text ? text + "/" : "";

    [GeneratedRegex("^proxy:", RegexOptions.IgnoreCase)]
    private static partial Regex Prefix();
}
