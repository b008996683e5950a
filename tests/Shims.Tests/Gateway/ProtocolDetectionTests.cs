using Shims.Gateway.Connections;

namespace Shims.Tests.Gateway;

public sealed class ProtocolDetectionTests
{
    private static readonly ProtocolDetection s_all = new(Protocols.All, Protocols.All);

    [Fact]
    public void The_first_byte_tells_the_protocol()
    {
        for (char digit = '0'; digit <= '9'; digit++)
            Assert.Same(Protocols.Scgi, s_all.Of((byte)digit));
        Assert.Same(Protocols.FastCgi, s_all.Of(1));
        foreach (byte modifier in new byte[] { 0, 5, 6, 7, 8, 9, 14, 15, 30 })
            Assert.Same(Protocols.Uwsgi, s_all.Of(modifier));
    }

    [Fact]
    public void No_two_protocols_begin_with_the_same_byte()
    {
        for (int first = 0; first <= byte.MaxValue; first++)
            Assert.True(Protocols.All.Count(protocol => protocol.BeginsWith((byte)first)) <= 1, $"{first:x2}");
        Assert.Equal(Protocols.All.Length, Protocols.All.Select(protocol => protocol.Word).Distinct().Count());
    }

    [Fact]
    public void The_protocol_whose_parser_explains_best_gets_what_nothing_begins_with()
    {
        foreach (byte first in new byte[] { 2, 10, (byte)'G', 0x12, 0x16, 0xFF })
            Assert.Same(Protocols.Scgi, s_all.Of(first));
    }
}
