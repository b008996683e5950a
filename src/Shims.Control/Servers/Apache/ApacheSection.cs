using Shims.Control.Servers.Reading;

namespace Shims.Control.Servers.Apache;

/// <summary>A part of Apache's configuration that settings hold for.</summary>
/// <param name="Directive">Which: a Directory, a Location, a VirtualHost; nameless for the files as a whole.</param>
/// <param name="Settings">What stands in it.</param>
internal sealed record ApacheSection(Directive Directive, IReadOnlyList<Directive> Settings)
{
    internal SourceLocation Place => Directive.Place;

    internal string Argument => Directive.Argument;

    /// <summary>The folder that it is about; null if it is about no folder, or about many.</summary>
    internal string? Folder =>
        Directive.Is("Directory") && Argument.StartsWith('/') && !Argument.AsSpan().ContainsAny('*', '?', '[') ? Argument : null;

    /// <summary>The last setting of a name.</summary>
    internal Directive? this[string name] => Settings.LastOrDefault(directive => directive.Is(name));

    /// <summary>The path of the site that leads here; null if that cannot be told.</summary>
    internal string? UrlFor(IEnumerable<Directive> aliases) => Directive.Is("Location") ? Argument : AliasOf(aliases)?.Argument;

    /// <summary>The folder whose files are asked for here; null if that cannot be told.</summary>
    internal string? FolderFor(IEnumerable<Directive> aliases) => Directive.Is("Location")
        ? aliases.FirstOrDefault(alias => alias.Argument.TrimEnd('/') == Argument.TrimEnd('/'))?.Arguments[1].Text
        : AliasOf(aliases)?.Arguments[1].Text;

    private Directive? AliasOf(IEnumerable<Directive> aliases) =>
        Folder is null ? null : aliases.FirstOrDefault(alias => alias.Arguments[1].Text.TrimEnd('/') == Folder.TrimEnd('/'));
}
