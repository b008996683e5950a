namespace Shims.Hosting;

/// <summary>One part of a pattern between two slashes: text, a parameter, or a parameter with text before and after it.</summary>
internal sealed class RouteSegment
{
    private readonly string _before = "";
    private readonly string _after = "";
    private readonly RouteConstraint[] _constraints = [];

    private RouteSegment(string text) => _before = text;

    private RouteSegment(string before, string parameter, string after)
    {
        (_before, _after) = (before, after);
        IsCatchAll = parameter.StartsWith('*');
        string[] parts = parameter.TrimStart('*').Split(':');
        IsOptional = parts[^1].EndsWith('?');
        parts[^1] = parts[^1].TrimEnd('?');
        Name = parts[0];
        if (Name.Length == 0 || Name.AsSpan().ContainsAny("{}=/ "))
        {
            throw new ArgumentException(
                $"The parameter {{{parameter}}} of a route has no name, or one with a character that a name cannot have.",
                nameof(parameter));
        }
        if (IsCatchAll && (before.Length > 0 || after.Length > 0))
        {
            throw new ArgumentException(
                $"The parameter {{{parameter}}} takes the rest of the path, so there can be no text beside it.", nameof(parameter));
        }
        _constraints = Array.ConvertAll(parts[1..], RouteConstraints.Of);
    }

    /// <summary>The name of the parameter; null for plain text.</summary>
    internal string? Name { get; }

    /// <summary>True if it takes the rest of the path: <c>{**path}</c>.</summary>
    internal bool IsCatchAll { get; }

    /// <summary>True if the path may end before it: <c>{page?}</c>.</summary>
    internal bool IsOptional { get; }

    /// <summary>The lower, the more particular.</summary>
    internal int Rank => Name is null ? 0 : IsCatchAll ? 4 : _before.Length + _after.Length > 0 ? 1 : _constraints.Length > 0 ? 2 : 3;

    /// <exception cref="ArgumentException">It is malformed.</exception>
    internal static RouteSegment Parse(string text)
    {
        int start = text.IndexOf('{');
        int end = text.LastIndexOf('}');
        if (start < 0 && end < 0)
            return new RouteSegment(text);
        if (start < 0 || end < start || text.AsSpan(start + 1, end - start - 1).ContainsAny("{}"))
        {
            throw new ArgumentException(
                $"The part \"{text}\" of a route has braces that do not match, or more than one parameter.", nameof(text));
        }
        return new RouteSegment(text[..start], text[(start + 1)..end], text[(end + 1)..]);
    }

    /// <param name="part">The part of the path; all the rest of it for <see cref="IsCatchAll"/>.</param>
    /// <param name="values">The parameter's value is added.</param>
    internal bool TryMatch(ReadOnlySpan<char> part, List<KeyValuePair<string, string>> values)
    {
        if (Name is null)
            return part.SequenceEqual(_before);
        if (!part.StartsWith(_before) || !part[_before.Length..].EndsWith(_after))
            return false;
        ReadOnlySpan<char> value = part[_before.Length..^_after.Length];
        if (value.IsEmpty && !IsCatchAll)
            return false;
        foreach (RouteConstraint constraint in _constraints)
        {
            if (!constraint(value))
                return false;
        }
        values.Add(new KeyValuePair<string, string>(Name, value.ToString()));
        return true;
    }
}
