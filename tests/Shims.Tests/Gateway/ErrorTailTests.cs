using Shims.Gateway;

namespace Shims.Tests.Gateway;

public sealed class ErrorTailTests
{
    [Fact]
    public void Is_nothing_if_nothing_was_written()
    {
        var tail = new ErrorTail(Limits.ErrorTail);
        Assert.Null(tail.LastLines);
        tail.Add("\n \r\n\t"u8);
        Assert.Null(tail.LastLines);
    }

    [Fact]
    public void Is_one_line_whatever_was_written()
    {
        var tail = new ErrorTail(Limits.ErrorTail);
        tail.Add("first\nsecond\r\n\x1B[31mthird\n"u8);
        Assert.DoesNotContain(tail.LastLines!, char.IsControl);
        Assert.StartsWith("first / second", tail.LastLines, StringComparison.Ordinal);
    }

    [Fact]
    public void Is_the_end_of_what_was_written_and_no_longer_than_its_bound()
    {
        var tail = new ErrorTail(Limits.ErrorTail);
        for (int i = 0; i < 1000; i++)
            tail.Add(Latin1.Bytes($"<line {i}>"));
        Assert.EndsWith("<line 999>", tail.LastLines, StringComparison.Ordinal);
        Assert.InRange(tail.LastLines!.Length, 1, Limits.ErrorTail);
        tail.Add(new byte[1 << 20]);
        tail.Add("end"u8);
        Assert.EndsWith("end", tail.LastLines, StringComparison.Ordinal);
    }
}
