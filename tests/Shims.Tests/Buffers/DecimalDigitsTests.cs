using System.Globalization;
using Shims.Buffers;

namespace Shims.Tests.Buffers;

public sealed class DecimalDigitsTests
{
    [Fact]
    public void Decimal_digits_are_those_of_ToString()
    {
        Span<byte> destination = stackalloc byte[20];
        long[] powers = [.. Enumerable.Range(0, 19).Select(exponent => (long)Math.Pow(10, exponent))];
        foreach (long number in new[] { 0L, int.MaxValue, uint.MaxValue, long.MaxValue }.Concat(powers).Concat(powers.Select(power => power - 1)))
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), Latin1.Text(DecimalDigits.Format(number, destination)));
    }
}
