using Shims.Gateway.Connections;
using Shims.Uwsgi;

namespace Shims.Tests.Uwsgi;

public sealed class UwsgiHeaderTests
{
    [Fact]
    public void The_size_of_a_uwsgi_block_is_little_endian()
    {
        var header = UwsgiHeader.Read([0, 0x34, 0x12, 7, 99]);
        Assert.Equal(new UwsgiHeader(0, 0x1234, 7), header);
        Assert.Equal(0x1238, header.Whole);
        Assert.Equal(65539, UwsgiHeader.Read([30, 0xFF, 0xFF, 0]).Whole);
    }

    [Fact]
    public void A_uwsgi_header_is_read_as_it_was_written()
    {
        byte[] bytes = new byte[UwsgiHeader.Size];
        foreach (UwsgiHeader header in new UwsgiHeader[] { new(0, 0, 0), new(30, 1, 2), new(9, 65535, 255) })
        {
            header.Write(bytes);
            Assert.Equal(header, UwsgiHeader.Read(bytes));
        }
    }

    [Fact]
    [Trait("fault", "uwsgi modifiers")]
    public void Nine_modifiers_are_requests_and_all_others_are_orders_to_uWSGI()
    {
        int[] requests = [0, 5, 6, 7, 8, 9, 14, 15, 30];
        Assert.Equal(requests, Enumerable.Range(0, 256).Where(modifier => UwsgiHeader.IsRequest((byte)modifier)));
        Assert.Equal(requests, Enumerable.Range(0, 256).Where(first => Protocols.Uwsgi.BeginsWith((byte)first)));
        Assert.Equal(requests, Enum.GetValues<UwsgiModifier>().Select(modifier => (int)modifier).Order());
    }
}
