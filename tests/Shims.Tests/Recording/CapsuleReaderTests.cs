using System.Buffers;
using Shims.Recording;

namespace Shims.Tests.Recording;

public sealed class CapsuleReaderTests
{
    [Fact]
    public void The_capsule_reader_reads_sections_in_their_order()
    {
        var reader = new CapsuleReader("shims-capsule 1\nbody 5\na\n\0bc\nend 0\n\n"u8);
        Assert.Equal(OperationStatus.Done, reader.TryReadVersion(out int version));
        Assert.Equal(1, version);
        Assert.Equal(OperationStatus.Done, reader.TryRead(out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> content));
        Assert.Equal(("body", "a\n\0bc"), (Latin1.Text(name), Latin1.Text(content)));
        Assert.Equal(OperationStatus.Done, reader.TryRead(out name, out content));
        Assert.Equal(("end", ""), (Latin1.Text(name), Latin1.Text(content)));
        Assert.Equal(0, reader.Left);
    }

    [Fact]
    public void The_capsule_reader_asks_for_more_at_every_truncation_of_the_first_line()
    {
        byte[] whole = "shims-capsule 1\n"u8.ToArray();
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(OperationStatus.NeedMoreData, new CapsuleReader(whole.AsSpan(0, length)).TryReadVersion(out _));
    }

    [Fact]
    public void The_capsule_reader_asks_for_more_at_every_truncation_of_a_section_and_does_not_move()
    {
        byte[] whole = "supplementary-group 4\n1000\n"u8.ToArray();
        for (int length = 0; length < whole.Length; length++)
        {
            var reader = new CapsuleReader(whole.AsSpan(0, length));
            Assert.Equal(OperationStatus.NeedMoreData, reader.TryRead(out _, out _));
            Assert.Equal(length, reader.Left);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("shims")]
    public void A_beginning_may_become_a_capsule(string start) =>
        Assert.Equal(OperationStatus.NeedMoreData, new CapsuleReader(Latin1.Bytes(start)).TryReadVersion(out _));

    [Theory]
    [InlineData("#!/bin/sh\n")]
    [InlineData("shims-capsule x\n")]
    [InlineData("shims-capsule 01\n")]
    [InlineData("shims-capsule -1\n")]
    [InlineData("shims-capsule \n")]
    [InlineData("shims-capsule 1 \n")]
    [InlineData("shims-capsule 1\r\n")]
    [InlineData("shims-capsule 1000000000\n")]
    public void Any_other_beginning_is_not_a_capsule(string start) =>
        Assert.Equal(OperationStatus.InvalidData, new CapsuleReader(Latin1.Bytes(start)).TryReadVersion(out _));

    [Theory]
    [InlineData(" 1\na\n")]
    [InlineData("Body 1\na\n")]
    [InlineData("bo dy 1\na\n")]
    [InlineData("body\n1\na\n")]
    [InlineData("body  1\na\n")]
    [InlineData("body 01\na\n")]
    [InlineData("body +1\na\n")]
    [InlineData("body -1\na\n")]
    [InlineData("body \na\n")]
    [InlineData("body 1 \na\n")]
    [InlineData("body 1\nab\n")]
    [InlineData("body 0\na\n")]
    [InlineData("body 1000000000")]
    [InlineData("body 99999999999999999999\n")]
    [InlineData("body 4294967297\na\n")]
    [InlineData("a-name-of-thirty-three-characters 1\na\n")]
    [InlineData("a-name-of-thirty-three-characters")]
    public void A_section_in_another_form_is_refused(string section) =>
        Assert.Equal(OperationStatus.InvalidData, new CapsuleReader(Latin1.Bytes(section)).TryRead(out _, out _));

    [Fact]
    public void The_largest_length_is_waited_for_and_never_computed_beyond()
    {
        Assert.Equal(OperationStatus.NeedMoreData, new CapsuleReader("body 999999999\nabc"u8).TryRead(out _, out _));
    }
}
