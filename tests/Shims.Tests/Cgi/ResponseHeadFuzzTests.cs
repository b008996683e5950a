using Shims.Cgi;

namespace Shims.Tests.Cgi;

/// <summary>Damaged answers of scripts, the same ones on every run.</summary>
public sealed class ResponseHeadFuzzTests
{
    private const string Valid = "Content-Type: text/html\r\nStatus: 200 OK\nSet-Cookie: a=b\nLocation: /x\r\nContent-Length: 27\nX-A: b\r\n\r\nbody\n\n";

    [Fact]
    public void What_goes_out_is_one_header_block_whatever_came_in()
    {
        var random = new Pseudorandom(31);
        byte[] valid = Latin1.Bytes(Valid);
        int accepted = 0;
        for (int i = 0; i < 40_000; i++)
        {
            byte[] damaged = Mutation.Of(valid, random);
            if (!ResponseHead.TryFindEnd(damaged, out int size))
                continue;
            Assert.InRange(size, 1, damaged.Length);
            ResponseHead head = ResponseHead.Read(damaged.AsSpan(0, size), out string? fault);
            if (fault is not null)
                continue;
            accepted++;
            string sent = Latin1.Text(head.ToBytes());
            Assert.StartsWith("Status: ", sent, StringComparison.Ordinal);
            Assert.Equal(sent.Length - 4, sent.IndexOf("\r\n\r\n", StringComparison.Ordinal));
            string lines = sent.Replace("\r\n", "", StringComparison.Ordinal);
            Assert.DoesNotContain(lines, character => character is '\r' or '\n' or '\0');
            Assert.InRange(head.Status, 200, 999);
            ResponseHead again = ResponseHead.Read(Latin1.Bytes(sent), out fault);
            Assert.Null(fault);
            Assert.Equal(sent, Latin1.Text(again.ToBytes()));
        }
        Assert.InRange(accepted, 4000, 40_000);
    }
}
