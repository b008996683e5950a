namespace Shims.Control.Servers.Reading;

/// <summary>
/// A name, what follows it, and the block that belongs to it: what nginx, Apache, Caddy and HAProxy make their configurations of.
/// </summary>
/// <param name="Name">As it is written.</param>
/// <param name="Arguments">What follows it.</param>
/// <param name="Place">Where the name stands.</param>
internal sealed record Directive(string Name, IReadOnlyList<Token> Arguments, SourceLocation Place)
{
    /// <summary>The contents of its block; for an include, of the included files.</summary>
    internal IReadOnlyList<Directive> Block { get; init; } = [];

    /// <summary>True if it takes in other files. Their contents are in <see cref="Block"/>.</summary>
    internal bool IsInclude { get; init; }

    /// <summary>The first argument; empty if there is none.</summary>
    internal string Argument => Arguments.Count > 0 ? Arguments[0].Text : "";

    /// <summary>All arguments as one text, with single blanks between.</summary>
    internal string Text => string.Join(' ', Arguments);

    /// <summary>
    /// True if it has that name. Apache's names may be written in any case; no other server has two that differ only in it.
    /// </summary>
    internal bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The contents of the block, with those of included files in the place of the includes.</summary>
    internal IEnumerable<Directive> Contents => Flatten(Block);

    /// <summary>This and everything in it, however deep, in the order in which it is written.</summary>
    internal IEnumerable<Directive> All => Block.SelectMany(child => child.All).Prepend(this);

    /// <summary>True if it is that directive, or that one stands in it, however deep.</summary>
    internal bool Holds(Directive other) => All.Any(inner => ReferenceEquals(inner, other));

    /// <summary>Puts what was included in the place of the includes.</summary>
    internal static IEnumerable<Directive> Flatten(IEnumerable<Directive> directives) =>
        directives.SelectMany(directive => directive.IsInclude ? Flatten(directive.Block) : [directive]);
}
