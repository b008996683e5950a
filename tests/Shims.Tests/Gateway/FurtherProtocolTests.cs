using System.Text;
using Shims.Gateway.Connections;

namespace Shims.Tests.Gateway;

/// <summary>One more protocol is a connection and a line in the table, <see cref="ToyConnection.Protocol"/>: nothing else of the gateway knows it.</summary>
public sealed class FurtherProtocolTests
{
    private static readonly Protocol[] s_known = [.. Protocols.All, ToyConnection.Protocol];

    [Fact]
    public void A_protocol_that_is_added_to_the_table_is_told_by_its_first_byte_and_served()
    {
        using var wire = new Wire(only: null, known: s_known);
        wire.Send("~REQUEST_METHOD=GET&SCRIPT_NAME=/to"u8);
        Assert.Null(wire.Responder.Response);
        wire.Send("y\n"u8);
        Assert.Equal("/toy", Encoding.ASCII.GetString(wire.Responder.Request!.Variables.Get("SCRIPT_NAME"u8)));
        wire.Responder.Response!.Write(100_000);
        Assert.Equal(100_000, wire.Receive());
        Assert.True(wire.IsOver);
    }

    [Fact]
    public void A_protocol_that_is_added_can_be_the_only_one_that_is_spoken()
    {
        using var wire = new Wire(ToyConnection.Protocol, known: s_known);
        wire.Send("~SCRIPT_NAME=/toy\n"u8);
        wire.Responder.Response!.Write(10);
        Assert.Equal(10, wire.Receive());
    }

    [Fact]
    public void A_web_server_that_speaks_an_added_protocol_to_another_one_gets_a_page_in_its_own_form()
    {
        using var wire = new Wire(Protocols.Scgi, known: s_known);
        wire.Send("~SCRIPT_NAME=/toy&QUERY_STRING=\n"u8);
        string page = Encoding.UTF8.GetString(wire.ReceiveBytes());
        Assert.StartsWith("!Status: 500 ", page, StringComparison.Ordinal);
        Assert.Equal("this is a Toy request, but scgi-run speaks SCGI: use scgi_pass in nginx (Apache: scgi://), or let toy-run listen here",
            new ProtocolDetection(s_known, [Protocols.Scgi]).Explain("~"u8)!.ToString());
    }

    [Fact]
    public void A_protocol_without_first_bytes_has_to_be_chosen()
    {
        var silent = new Protocol { Name = "Silent", Article = "a", Word = "silent", Scheme = "silent", FirstBytes = null, Open = ToyConnection.Protocol.Open, Enclose = static (_, page) => page };
        Protocol[] known = [.. Protocols.All, silent];
        Assert.Same(Protocols.Scgi, new ProtocolDetection(known, known).Of((byte)'~'));
        using var wire = new Wire(silent, known: known);
        wire.Send("~SCRIPT_NAME=/toy\n"u8);
        wire.Responder.Response!.Write(10);
        Assert.Equal(10, wire.Receive());
    }

    [Fact]
    public void A_protocol_that_is_added_takes_less_than_a_hundred_lines() =>
        Assert.InRange(File.ReadLines(Shims.Testing.Repository.PathTo("tests/Shims.Tests/Gateway/ToyConnection.cs")).Count(), 50, 99);
}
