using System.Buffers;
using Shims.Ajp;

namespace Shims.Tests.Ajp;

public sealed class PacketTests
{
    private static readonly byte[] s_cping = [0x12, 0x34, 0, 1, 10];

    [Fact]
    public void Asks_for_more_at_every_truncation()
    {
        byte[] whole = [0x12, 0x34, 1, 0, .. new byte[256]];
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(OperationStatus.NeedMoreData, Packet.TryRead(whole.AsSpan(0, length), out _));
        Assert.Equal(OperationStatus.Done, Packet.TryRead(whole, out ReadOnlySpan<byte> payload));
        Assert.Equal(256, payload.Length);
    }

    [Fact]
    public void What_follows_a_packet_is_not_in_it()
    {
        Assert.Equal(OperationStatus.Done, Packet.TryRead([.. s_cping, 1, 2, 3], out ReadOnlySpan<byte> payload));
        Assert.Equal([10], payload.ToArray());
    }

    [Fact]
    public void A_packet_without_a_payload_is_a_packet()
    {
        Assert.Equal(OperationStatus.Done, Packet.TryRead([0x12, 0x34, 0, 0], out ReadOnlySpan<byte> payload));
        Assert.True(payload.IsEmpty);
    }

    [Fact]
    public void Anything_but_12_34_at_the_front_is_not_a_packet_as_soon_as_it_is_seen()
    {
        for (int first = 0; first < 256; first++)
        {
            Assert.Equal(first == 0x12 ? OperationStatus.NeedMoreData : OperationStatus.InvalidData, Packet.TryRead([(byte)first], out _));
            Assert.Equal(first == 0x34 ? OperationStatus.NeedMoreData : OperationStatus.InvalidData, Packet.TryRead([0x12, (byte)first], out _));
        }
        Assert.Equal(OperationStatus.InvalidData, Packet.TryRead("AB\0\x01\x09"u8, out _)); // from another container
    }

    [Fact]
    public void The_longest_packet_has_64_KiB_with_its_header()
    {
        Assert.Equal(OperationStatus.Done, Packet.TryRead([0x12, 0x34, 0xFF, 0xFC, .. new byte[0xFFFC]], out ReadOnlySpan<byte> payload));
        Assert.Equal(Packet.MaxSize, payload.Length + Packet.HeaderSize);
        for (int length = 0xFFFD; length <= 0xFFFF; length++)
            Assert.Equal(OperationStatus.DestinationTooSmall, Packet.TryRead([0x12, 0x34, (byte)(length >> 8), (byte)length], out _));
    }

    [Fact]
    public void A_header_to_the_web_server_is_written_with_its_own_mark()
    {
        byte[] header = new byte[4];
        Packet.WriteHeader(header, 0x0102);
        Assert.Equal([.. "AB"u8, 1, 2], header);
    }

    [Fact]
    public void A_packet_with_a_part_of_a_body_begins_with_the_length_of_what_is_in_it()
    {
        Assert.Equal(OperationStatus.Done, BodyPacket.TryRead([0, 3, 1, 2, 3], out ReadOnlySpan<byte> part));
        Assert.Equal([1, 2, 3], part.ToArray());
        Assert.Equal(OperationStatus.InvalidData, BodyPacket.TryRead([0, 3, 1, 2], out _));
        Assert.Equal(OperationStatus.InvalidData, BodyPacket.TryRead([0, 3, 1, 2, 3, 4], out _));
        Assert.Equal(OperationStatus.InvalidData, BodyPacket.TryRead([0], out _));
        Assert.Equal(OperationStatus.InvalidData, BodyPacket.TryRead("name=value"u8, out _)); // lighttpd
    }

    [Theory, InlineData(""), InlineData("0000")]
    public void Both_packets_that_end_a_body_are_taken(string payload)
    {
        Assert.Equal(OperationStatus.Done, BodyPacket.TryRead(Convert.FromHexString(payload), out ReadOnlySpan<byte> part));
        Assert.True(part.IsEmpty);
    }
}
