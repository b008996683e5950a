using System.Globalization;

namespace Shims.Hosting;

/// <summary>Decides if a text can be the value of a route's parameter.</summary>
internal delegate bool RouteConstraint(ReadOnlySpan<char> value);

/// <summary>The constraints by the names that ASP.NET Core has for them: <c>{id:int}</c>, <c>{page:range(1,99)}</c>.</summary>
internal static class RouteConstraints
{
    private const string Known =
        "int, long, decimal, double, bool, guid, datetime, alpha, min(N), max(N), range(N,M), length(N), length(N,M), minlength(N), "
        + "maxlength(N)";

    /// <exception cref="ArgumentException">There is no such constraint.</exception>
    internal static RouteConstraint Of(string text)
    {
        int parenthesis = text.EndsWith(')') ? text.IndexOf('(') : -1;
        string name = parenthesis < 0 ? text : text[..parenthesis];
        return (name, parenthesis < 0 ? [] : Numbers(text[(parenthesis + 1)..^1])) switch
        {
            ("int", []) => static value => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ("long", []) => static value => TryReadNumber(value, out _),
            ("decimal", []) => static value => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            ("double", []) => static value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            ("bool", []) => static value => bool.TryParse(value, out _),
            ("guid", []) => static value => Guid.TryParse(value, out _),
            ("datetime", []) => static value => DateTime.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            ("alpha", []) => static value => !value.ContainsAnyExceptInRange('A', 'z') && !value.ContainsAnyInRange('[', '`'),
            ("min", [var least]) => value => TryReadNumber(value, out long number) && number >= least,
            ("max", [var most]) => value => TryReadNumber(value, out long number) && number <= most,
            ("range", [var least, var most]) => value => TryReadNumber(value, out long number) && number >= least && number <= most,
            ("length", [var length]) => value => value.Length == length,
            ("length", [var least, var most]) => value => value.Length >= least && value.Length <= most,
            ("minlength", [var least]) => value => value.Length >= least,
            ("maxlength", [var most]) => value => value.Length <= most,
            _ => throw new ArgumentException(
                $"There is no constraint \"{text}\" for a parameter of a route. There are {Known}.", nameof(text)),
        };
    }

    private static bool TryReadNumber(ReadOnlySpan<char> value, out long number) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    /// <returns>Null if one of them is not a number.</returns>
    private static long[]? Numbers(string text)
    {
        string[] parts = text.Split(',');
        var numbers = new long[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            if (!TryReadNumber(parts[i].Trim(), out numbers[i]))
                return null;
        }
        return numbers;
    }
}
