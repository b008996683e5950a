using Shims.Diagnostics;
using Shims.FastCgi;
using Shims.Gateway.Connections;
using Shims.Tests.Cgi;

namespace Shims.Tests.Gateway;

public sealed class WrongProtocolTests
{
    private static readonly byte[] s_fastCgi = [1, 1, 0x12, 0x34, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];

    private static readonly byte[] s_uwsgi = [0, 100, 0, 0, 1, 0];

    private static readonly byte[] s_ajp = [0x12, 0x34, 0, 10];

    private static readonly byte[] s_scgi = new RequestBlock { { "CONTENT_LENGTH", "0" }, { "SCGI", "1" } }.ToNetstring();

    [Fact]
    public void Each_program_says_which_of_two_is_miswired()
    {
        Fault atScgi = At(Protocols.Scgi).Explain(s_fastCgi)!, atFastCgi = At(Protocols.FastCgi).Explain(s_scgi)!;
        Assert.StartsWith("this is a FastCGI request, but scgi-run speaks SCGI: use scgi_pass", atScgi.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is an SCGI request, but fcgi-run speaks FastCGI: use fastcgi_pass", atFastCgi.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is a uwsgi request, but scgi-run speaks SCGI: use scgi_pass in nginx (Apache: scgi://), or let uwsgi-run listen here", At(Protocols.Scgi).Explain(s_uwsgi)!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is a uwsgi request, but fcgi-run speaks FastCGI: use fastcgi_pass", At(Protocols.FastCgi).Explain(s_uwsgi)!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is an SCGI request, but uwsgi-run speaks uwsgi: use uwsgi_pass in nginx (Apache: uwsgi://), or let scgi-run listen here", At(Protocols.Uwsgi).Explain(s_scgi)!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is a FastCGI request, but uwsgi-run speaks uwsgi: use uwsgi_pass", At(Protocols.Uwsgi).Explain(s_fastCgi)!.ToString(), StringComparison.Ordinal);
        Assert.All([atScgi, atFastCgi], fault => Assert.Equal((500, ExitCode.PeerError), (fault.Status, fault.ExitCode)));
    }

    [Fact]
    public void A_protocol_that_is_spoken_here_is_not_refused()
    {
        Assert.Null(At(Protocols.Scgi).Explain(s_scgi));
        Assert.Null(At(Protocols.FastCgi).Explain(s_fastCgi));
        Assert.Null(At(Protocols.Uwsgi).Explain(s_uwsgi));
    }

    [Fact]
    public void An_AJP13_connector_is_recognised_by_all()
    {
        foreach (Protocol protocol in Protocols.All)
        {
            string fault = At(protocol).Explain(s_ajp)!.ToString();
            Assert.StartsWith($"this is an AJP13 request, but {protocol.Program} speaks {protocol.Name}: use {protocol.Word}_pass in nginx", fault, StringComparison.Ordinal);
            Assert.Contains("ajp-run", fault, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_AJP13_connector_gets_a_page_in_its_own_packets()
    {
        byte[] page = "Status: 500 Oops\r\n\r\nwhy"u8.ToArray();
        foreach (Protocol protocol in Protocols.All)
            Assert.Equal(Shims.Ajp.PagePackets.Of(page), At(protocol).Enclose(s_ajp, page));
    }

    [Fact]
    public void Ajp_run_says_what_came_instead_and_names_no_directive_that_nginx_has_not()
    {
        Assert.Equal("this is an SCGI request, but ajp-run speaks AJP13: use ProxyPass ajp:// in Apache, or let scgi-run listen here", At(Protocols.Ajp13).Explain(s_scgi)!.ToString());
        Assert.StartsWith("this is a FastCGI request, but ajp-run", At(Protocols.Ajp13).Explain(s_fastCgi)!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is a uwsgi request, but ajp-run", At(Protocols.Ajp13).Explain(s_uwsgi)!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("this is an HTTP request, but ajp-run speaks AJP13: put a web server in front (ProxyPass ajp:// in Apache), not", At(Protocols.Ajp13).Explain("GET / HTTP/1.1\r\n\r\n"u8)!.ToString(), StringComparison.Ordinal);
        Assert.Null(At(Protocols.Ajp13).Explain(s_ajp));
    }

    [Fact]
    public void A_browser_and_a_TLS_client_are_recognised_by_both()
    {
        foreach (Protocol protocol in Protocols.All)
        {
            Assert.StartsWith("this is an HTTP request", At(protocol).Explain("GET / HTTP/1.1\r\n\r\n"u8)!.Cause, StringComparison.Ordinal);
            Assert.StartsWith("this is an HTTP request", At(protocol).Explain("PRI * HTTP/2.0\r\n\r\n"u8)!.Cause, StringComparison.Ordinal);
            Assert.StartsWith("this is a TLS connection", At(protocol).Explain([0x16, 3, 1, 2, 0])!.Cause, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bytes_of_an_unknown_protocol_are_not_explained()
    {
        foreach (string start in new[] { "", "\x02", "\xFF\xFF", "xyz", "GET", "\x12" })
        {
            Assert.Null(At(Protocols.Scgi).Explain(Latin1.Bytes(start)));
            Assert.Null(At(Protocols.FastCgi).Explain(Latin1.Bytes(start)));
            Assert.Null(At(Protocols.Uwsgi).Explain(Latin1.Bytes(start)));
        }
    }

    [Fact]
    public void A_FastCGI_peer_gets_its_page_in_records_of_its_request()
    {
        byte[] page = Latin1.Bytes("Status: 500 x\r\n\r\npage");
        byte[] records = At(Protocols.Scgi).Enclose(s_fastCgi, page);
        RecordHeader first = RecordHeader.Read(records);
        Assert.Equal((RecordType.Stdout, 0x1234, page.Length), (first.Type, first.RequestId, first.ContentLength));
        Assert.Equal(page, records[RecordHeader.Size..(RecordHeader.Size + page.Length)]);
        RecordHeader second = RecordHeader.Read(records.AsSpan(RecordWriter.SizeOf(page.Length)));
        Assert.Equal((RecordType.Stdout, 0x1234, 0), (second.Type, second.RequestId, second.ContentLength));
        RecordHeader last = RecordHeader.Read(records.AsSpan(^RecordWriter.EndRequestSize));
        Assert.Equal((RecordType.EndRequest, 0x1234, 8), (last.Type, last.RequestId, last.ContentLength));
    }

    [Fact]
    public void A_peer_of_any_other_protocol_gets_a_readable_page()
    {
        byte[] page = Latin1.Bytes("Status: 500 x\r\n\r\npage");
        Assert.Equal(page, At(Protocols.Scgi).Enclose(s_scgi, page));
        Assert.Equal(page, At(Protocols.Scgi).Enclose(s_fastCgi.AsSpan(0, 7), page));
        Assert.Equal(page, At(Protocols.Scgi).Enclose([], page));
        Assert.Equal(page, At(Protocols.FastCgi).Enclose("nonsense"u8, page));
        Assert.Equal("HTTP/1.1 500 x\r\n\r\npage", Latin1.Text(At(Protocols.Uwsgi).Enclose(s_uwsgi, page)));
        Assert.Equal("HTTP/1.1 500 x\r\n\r\npage", Latin1.Text(At(Protocols.Scgi).Enclose(s_uwsgi, page)));
        Assert.Equal("HTTP/1.1 500 x\r\n\r\npage", Latin1.Text(At(Protocols.Uwsgi).Enclose([10, 0, 0, 0], page)));
        Assert.StartsWith("HTTP/1.0 500 ", Latin1.Text(At(Protocols.Scgi).Enclose("GET / HTTP/1.1\r\n\r\n"u8, page)), StringComparison.Ordinal);
    }

    private static ProtocolDetection At(Protocol spoken) => new(Protocols.All, [spoken]);
}
