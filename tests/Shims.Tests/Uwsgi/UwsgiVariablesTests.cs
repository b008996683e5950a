using System.Buffers;
using Shims.Cgi;
using Shims.Testing;
using Shims.Tests.Cgi;
using Shims.Uwsgi;

namespace Shims.Tests.Uwsgi;

public sealed class UwsgiVariablesTests
{
    [Fact]
    public void Uwsgi_variables_become_the_same_block_as_the_payload_of_an_SCGI_header()
    {
        var block = new RequestBlock { { "SERVER_PORT", "80" }, { "QUERY_STRING", "" }, { "HTTP_X", new string('\xE9', 300) }, { "QUERY_STRING", "last" } };
        Assert.Equal(OperationStatus.Done, Decode(BlockOf(block), out byte[] decoded));
        Assert.Equal(block.ToPayload(), decoded);
    }

    [Fact]
    public void Uwsgi_variables_need_no_more_room_than_the_block_has()
    {
        foreach (int size in Sizes.Interesting.Where(size => size is > 0 and < 30_000))
        {
            byte[] block = BlockOf(new RequestBlock { { new string('N', size), new string('v', size) }, { "A", "" } });
            Assert.Equal(OperationStatus.Done, UwsgiVariables.TryDecode(block, false, new byte[block.Length], out CgiVariables variables));
            Assert.Equal(size, variables.Get(Latin1.Bytes(new string('N', size))).Length);
        }
    }

    [Fact]
    public void A_uwsgi_block_may_be_as_long_as_its_size_can_say()
    {
        byte[] block = BlockOf(new RequestBlock { { "A", new string('x', 65535 - 5) } });
        Assert.Equal(65535, block.Length);
        Assert.Equal(OperationStatus.Done, Decode(block, out byte[] decoded));
        Assert.Equal(65535 - 2, decoded.Length);
    }

    [Fact]
    public void Uwsgi_variables_are_refused_at_every_truncation_within_a_pair()
    {
        byte[] whole = BlockOf(new RequestBlock { { "A", "1" }, { "LONG", new string('x', 200) } });
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(length == 6 ? OperationStatus.Done : OperationStatus.InvalidData, Decode(whole[..length], out _));
    }

    [Fact]
    [Trait("fault", "CVE-2020-11984")]
    public void A_length_that_leads_out_of_the_uwsgi_block_is_refused_wherever_it_stands()
    {
        byte[] whole = BlockOf(new RequestBlock { { "A", "1" }, { "B", "22" }, { "UWSGI_FILE", "/tmp/evil.py" } });
        foreach (int at in new[] { 0, 3, 6, 9, 13, 25 })
        {
            foreach (ushort lie in new ushort[] { 0xFFFF, 0x7FFF, (ushort)whole.Length, (ushort)(whole.Length - at - 1) })
            {
                byte[] lying = [.. whole];
                (lying[at], lying[at + 1]) = ((byte)lie, (byte)(lie >> 8));
                Assert.Equal(OperationStatus.InvalidData, Decode(lying, out _));
            }
        }
    }

    [Fact]
    public void Uwsgi_variables_are_refused_if_a_name_could_not_be_that_of_a_variable()
    {
        foreach (string name in new[] { "A=B", "=", "A\0B", "\0", "" })
            Assert.Equal(OperationStatus.InvalidData, Decode(BlockOf(new RequestBlock { { "X", "y" }, { name, "c" } }), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode([], out _));
    }

    [Fact]
    public void Uwsgi_variables_are_refused_if_a_value_contains_NUL()
    {
        foreach (string value in new[] { "\0", "a\0", "\0a", "a\0b" })
            Assert.Equal(OperationStatus.InvalidData, Decode(BlockOf(new RequestBlock { { "A", value }, { "B", "c" } }), out _));
    }

    [Fact]
    public void Uwsgi_variables_may_be_1024_and_not_1025()
    {
        Assert.Equal(OperationStatus.Done, Decode(BlockOf(Many(1024)), out _));
        Assert.Equal(OperationStatus.InvalidData, Decode(BlockOf(Many(1025)), out _));
    }

    [Fact]
    [Trait("fault", "CVE-2020-11984")]
    public void UWSGI_variables_are_not_passed_on()
    {
        Assert.Equal("A=1;B=2", Pairs(new() { { "UWSGI_FILE", "/tmp/evil.py" }, { "A", "1" }, { "UWSGI_", "" }, { "UWSGI_SCRIPT", "x" }, { "B", "2" } }));
    }

    [Fact]
    public void The_name_that_the_router_gives_its_own_host_is_not_the_name_of_the_site()
    {
        Assert.Equal("HTTP_HOST=site.test", Pairs(new() { { "SERVER_NAME", "machine7" }, { "UWSGI_ROUTER", "http" }, { "HTTP_HOST", "site.test" } }));
        Assert.Equal("SERVER_NAME=site.test", Pairs(new() { { "SERVER_NAME", "site.test" } }));
        Assert.True(UwsgiVariables.IsOfRouter(BlockOf(new() { { "A", "" }, { "UWSGI_ROUTER", "http" } })));
        Assert.False(UwsgiVariables.IsOfRouter(BlockOf(new() { { "HTTP_UWSGI_ROUTER", "http" } })));
    }

    [Theory]
    [InlineData("/app", "/app/x/y", "/x/y")]
    [InlineData("/app", "/app", "")]
    [InlineData("/app/", "/app/x", "/x")]
    [InlineData("/app", "/apple/x", "/apple/x")]
    [InlineData("/app", "/x", "/x")]
    [InlineData("", "/x", "/x")]
    [InlineData("/app", "/app/app/x", "/app/x")]
    public void Modifier_30_takes_SCRIPT_NAME_off_PATH_INFO(string scriptName, string pathInfo, string left)
    {
        foreach (RequestBlock block in new RequestBlock[]
        {
            new() { { "PATH_INFO", pathInfo }, { "SCRIPT_NAME", scriptName } },
            new() { { "SCRIPT_NAME", "/other" }, { "SCRIPT_NAME", scriptName }, { "PATH_INFO", pathInfo } },
        })
        {
            byte[] encoded = BlockOf(block), room = new byte[encoded.Length];
            Assert.Equal(OperationStatus.Done, UwsgiVariables.TryDecode(encoded, managesPathInfo: true, room, out CgiVariables variables));
            Assert.Equal(left, Latin1.Text(variables.Get("PATH_INFO"u8)));
            Assert.Equal(scriptName, Latin1.Text(variables.Get("SCRIPT_NAME"u8)));
            UwsgiVariables.TryDecode(encoded, managesPathInfo: false, room, out variables);
            Assert.Equal(pathInfo, Latin1.Text(variables.Get("PATH_INFO"u8)));
        }
    }

    [Fact]
    public void What_the_writer_writes_is_what_the_reader_reads()
    {
        byte[] bytes = new byte[UwsgiVariablesWriter.SizeOf("NAME"u8, "value"u8)];
        Assert.Equal(bytes.Length, UwsgiVariablesWriter.Write(bytes, "NAME"u8, "value"u8));
        Assert.Equal(BlockOf(new() { { "NAME", "value" } }), bytes);
    }

    internal static byte[] BlockOf(RequestBlock block)
    {
        var variables = new RequestVariables();
        foreach ((string name, string value) in block)
            variables.Add(Latin1.Bytes(name), Latin1.Bytes(value));
        return UwsgiClient.Encode(variables)[UwsgiHeader.Size..];
    }

    private static RequestBlock Many(int count)
    {
        var block = new RequestBlock();
        for (int i = 0; i < count; i++)
            block.Add($"N{i}", "");
        return block;
    }

    private static string Pairs(RequestBlock block)
    {
        Assert.Equal(OperationStatus.Done, Decode(BlockOf(block), out byte[] decoded));
        var pairs = new List<string>();
        foreach (CgiVariable variable in new CgiVariables(decoded))
            pairs.Add($"{Latin1.Text(variable.Name)}={Latin1.Text(variable.Value)}");
        return string.Join(';', pairs);
    }

    private static OperationStatus Decode(byte[] block, out byte[] decoded)
    {
        OperationStatus status = UwsgiVariables.TryDecode(block, managesPathInfo: false, new byte[block.Length], out CgiVariables variables);
        decoded = variables.Block.ToArray();
        return status;
    }
}
