namespace Shims.Hosting;

/// <summary>The pattern of a path, such as <c>/notes/{id:int}</c>.</summary>
internal sealed class RoutePattern
{
    private readonly string _text;
    private readonly RouteSegment[] _segments;

    private RoutePattern(string text, RouteSegment[] segments, string[] parameters) =>
        (_text, _segments, Parameters) = (text, segments, parameters);

    /// <summary>The names of its parameters, in their order.</summary>
    internal string[] Parameters { get; }

    /// <summary>True if a path without the last parameter matches too.</summary>
    internal bool HasOptional => _segments is [.., { IsOptional: true }];

    /// <exception cref="ArgumentException">It is malformed.</exception>
    internal static RoutePattern Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!text.StartsWith('/'))
            throw new ArgumentException($"The route \"{text}\" does not begin with a slash.", nameof(text));
        string inner = text.Trim('/');
        var segments = inner.Length == 0 ? [] : Array.ConvertAll(inner.Split('/'), RouteSegment.Parse);
        var names = new List<string>();
        for (int i = 0; i < segments.Length; i++)
        {
            if (i < segments.Length - 1 && (segments[i].IsCatchAll || segments[i].IsOptional))
            {
                throw new ArgumentException(
                    $"The route \"{text}\" has an optional parameter, or one for the rest of the path, that is not the last.",
                    nameof(text));
            }
            if (segments[i].Name is not { } name)
                continue;
            if (names.Contains(name))
                throw new ArgumentException($"The route \"{text}\" has two parameters of the name {name}.", nameof(text));
            names.Add(name);
        }
        return new RoutePattern(text, segments, [.. names]);
    }

    /// <summary>Compares with a path. A slash at its end does not count.</summary>
    /// <param name="path">Decoded; empty, or beginning with a slash.</param>
    /// <param name="values">The values of the parameters, if it matches.</param>
    internal bool TryMatch(ReadOnlySpan<char> path, List<KeyValuePair<string, string>> values)
    {
        values.Clear();
        ReadOnlySpan<char> rest = path.StartsWith('/') ? path[1..] : path;
        foreach (RouteSegment segment in _segments)
        {
            if (segment.IsCatchAll)
                return segment.TryMatch(rest, values);
            if (rest.IsEmpty)
                return segment.IsOptional;
            int end = rest.IndexOf('/');
            ReadOnlySpan<char> part = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!segment.TryMatch(part, values))
                return false;
        }
        return rest.IsEmpty;
    }

    /// <summary>
    /// True if it is more particular than another: text before a parameter with text beside it, this before a constraint, before any value,
    /// before the rest of a path.
    /// </summary>
    internal bool IsBefore(RoutePattern other)
    {
        for (int i = 0; i < _segments.Length && i < other._segments.Length; i++)
        {
            if (_segments[i].Rank != other._segments[i].Rank)
                return _segments[i].Rank < other._segments[i].Rank;
        }
        return _segments.Length < other._segments.Length;
    }

    public override string ToString() => _text;
}
