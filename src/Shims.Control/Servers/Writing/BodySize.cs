using System.Globalization;

namespace Shims.Control.Servers.Writing;

/// <summary>A size as the gateways and nginx write it: a number, and K, M or G for KiB, MiB or GiB.</summary>
/// <param name="Number">The number.</param>
/// <param name="Unit">K, M or G; NUL for bytes.</param>
internal readonly record struct BodySize(long Number, char Unit)
{
    private const string Units = "KMG";

    /// <summary>The size in bytes.</summary>
    internal long Bytes => Number << (10 * (Units.IndexOf(Unit) + 1));

    /// <summary>Reads a size.</summary>
    /// <returns>Null if the text is not a size of at least one byte and at most 2^50 bytes.</returns>
    internal static BodySize? Parse(string text)
    {
        char unit = text.Length > 0 && Units.Contains(char.ToUpperInvariant(text[^1])) ? char.ToUpperInvariant(text[^1]) : '\0';
        ReadOnlySpan<char> digits = unit == '\0' ? text : text.AsSpan(0, text.Length - 1);
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number is > 0 and <= 1L << 50
            && new BodySize(number, unit) is { Bytes: > 0 and <= 1L << 50 } size
            ? size
            : null;
    }

    /// <summary>The size as the gateways read it, and nginx too: 100M.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}{(Unit == '\0' ? "" : Unit)}");
}
