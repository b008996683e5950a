using Shims.Gateway.Connections;
using Shims.Gateway.Requests;

namespace Shims.Tests.Hosting;

public sealed class FirstByteTests
{
    [Fact]
    public void The_first_byte_tells_the_protocol()
    {
        for (char digit = '0'; digit <= '9'; digit++)
            Assert.Equal(Protocol.Scgi, FirstByte.ProtocolOf((byte)digit));
        Assert.Equal(Protocol.FastCgi, FirstByte.ProtocolOf(1));
    }
}
