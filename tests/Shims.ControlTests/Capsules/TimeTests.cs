using System.Globalization;
using Shims.Control.Commands;

namespace Shims.ControlTests.Capsules;

/// <summary>The times that <c>show --since</c> takes.</summary>
public sealed class TimeTests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("90s", "2026-11-30T11:58:30Z")]
    [InlineData("30m", "2026-11-30T11:30:00Z")]
    [InlineData("1h", "2026-11-30T11:00:00Z")]
    [InlineData("2d", "2026-11-28T12:00:00Z")]
    [InlineData("2026-11-30", "2026-11-30T00:00:00Z")]
    [InlineData("2026-11-30T07:00", "2026-11-30T07:00:00Z")]
    [InlineData("2026-11-30 07:00", "2026-11-30T07:00:00Z")]
    [InlineData("2026-11-30T07:00:09Z", "2026-11-30T07:00:09Z")]
    [InlineData("2026-11-30T07:00:09+02:00", "2026-11-30T05:00:09Z")]
    [InlineData("h", null)]
    [InlineData("", null)]
    [InlineData("1", null)]
    [InlineData("-1h", null)]
    [InlineData("1.5h", null)]
    [InlineData("99999999999h", null)]
    [InlineData("2000000000d", null)]
    [InlineData("yesterday", null)]
    [InlineData("30/11/2026", null)]
    public void A_time_is_a_number_with_a_unit_or_a_date(string text, string? expected) =>
        Assert.Equal(expected, ShowCommand.ReadTime(text, s_now)?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
}
