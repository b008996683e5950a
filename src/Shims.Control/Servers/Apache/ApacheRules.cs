using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Apache;

/// <summary>The rules of a site for its paths: of several sections that cover a path, the last one that says something counts.</summary>
/// <param name="sections">All sections of the configuration.</param>
/// <param name="sites">The virtual hosts.</param>
internal sealed class ApacheRules(IReadOnlyList<ApacheSection> sections, IReadOnlyList<Directive> sites)
{
    /// <summary>True if a request for the path gets past the rules, to the handler that is set for it.</summary>
    /// <param name="from">A directive of the site.</param>
    /// <param name="url">The path, decoded.</param>
    internal bool LetThrough(Directive from, string url)
    {
        Directive? site = SiteOf(from);
        ApacheSection[] covering = [.. sections.Where(section => Covers(section.Directive, url)
            && (SiteOf(section.Directive) is not { } own || ReferenceEquals(own, site)))];
        return !Says(covering, "Require", "all denied") && !Says(covering, "Deny", "from all") && !Says(covering, "SetHandler", "None");
    }

    private static bool Says(ApacheSection[] covering, string name, string text) =>
        covering.Select(section => section[name]).LastOrDefault(directive => directive is not null)?.Text
            .Equals(text, StringComparison.OrdinalIgnoreCase) == true;

    private static bool Covers(Directive section, string url)
    {
        bool isLocation = section.Is("Location");
        if (section.Is("LocationMatch") || (isLocation && section.Argument == "~" && section.Arguments.Count > 1))
            return PerlExpression.TryCompile(section.Arguments[^1].Text, ignoreCase: false)?.IsMatch(url) == true;
        string prefix = section.Argument.TrimEnd('/');
        return isLocation && (url == prefix || url.StartsWith(prefix + "/", StringComparison.Ordinal));
    }

    private Directive? SiteOf(Directive directive) => sites.FirstOrDefault(site => site.Holds(directive));
}
