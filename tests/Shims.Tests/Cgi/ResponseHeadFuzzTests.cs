using CsCheck;
using Shims.Cgi;
using Shims.Testing;

namespace Shims.Tests.Cgi;

/// <summary>Damaged answers of scripts.</summary>
public sealed class ResponseHeadFuzzTests
{
    private const string Valid = "Content-Type: text/html\r\nStatus: 200 OK\nSet-Cookie: a=b\nLocation: /x\r\nContent-Length: 27\nX-A: b\r\n\r\nbody\n\n";

    [Fact]
    public void Every_output_becomes_one_header_block_or_a_fault()
    {
        int accepted = 0, rounds = TestExtent.Of(40_000, 1_000_000);
        DamagedBytes.Of(Latin1.Bytes(Valid)).Sample(Check, iter: rounds, threads: 1);
        Assert.InRange(accepted, rounds / 10, rounds);

        void Check(byte[] damaged)
        {
            if (!ResponseHead.TryFindEnd(damaged, out int size))
                return;
            Assert.InRange(size, 1, damaged.Length);
            ResponseHead head = ResponseHead.Read(damaged.AsSpan(0, size), out string? fault);
            if (fault is not null)
                return;
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
    }
}
