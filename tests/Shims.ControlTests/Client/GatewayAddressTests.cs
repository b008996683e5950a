using Shims.Control.Client;

namespace Shims.ControlTests.Client;

public sealed class GatewayAddressTests
{
    [Theory]
    [InlineData("unix:/run/shims/scgi.sock", "unix:/run/shims/scgi.sock")]
    [InlineData("unix:relative.sock", "unix:relative.sock")]
    [InlineData("tcp:127.0.0.1:4000", "tcp:127.0.0.1:4000")]
    [InlineData("tcp:localhost:65535", "tcp:localhost:65535")]
    [InlineData("tcp:[::1]:1", "tcp:[::1]:1")]
    [InlineData("exec:scgi-run hello.cgi", "exec:scgi-run hello.cgi")]
    [InlineData("exec: scgi-run   'a b'  ", "exec:scgi-run 'a b'")]
    public void Gateway_address_is_parsed_and_formatted_in_every_form(string text, string expected)
    {
        GatewayAddress? address = GatewayAddress.Parse(text, out string? fault);
        Assert.Null(fault);
        Assert.Equal(expected, address!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/run/shims/scgi.sock")]
    [InlineData("unix:")]
    [InlineData("tcp:")]
    [InlineData("tcp:4000")]
    [InlineData("tcp::4000")]
    [InlineData("tcp:localhost:")]
    [InlineData("tcp:localhost:0")]
    [InlineData("tcp:localhost:65536")]
    [InlineData("tcp:::1:4000")]
    [InlineData("tcp:[::1:4000")]
    [InlineData("tcp:[]:4000")]
    [InlineData("tcp:[localhost]:4000")]
    [InlineData("tcp:a b:4000")]
    [InlineData("exec:scgi-run ~/hello.cgi")]
    [InlineData("exec:LANG=C scgi-run hello.cgi")]
    [InlineData("tcp:localhost:-1")]
    [InlineData("exec:")]
    [InlineData("exec:  ")]
    [InlineData("exec:scgi-run 'x")]
    [InlineData("exec:scgi-run x | cat")]
    [InlineData("http://localhost/")]
    public void Invalid_gateway_address_is_refused_with_cause_and_fix(string text)
    {
        Assert.Null(GatewayAddress.Parse(text, out string? fault));
        Assert.Contains(": ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec:deploy/notes", true)]
    [InlineData("exec:shim-dotnet notes.cs", true)]
    [InlineData("exec:fcgi-run x", false)]
    [InlineData("exec:uwsgi-run x", false)]
    [InlineData("exec:ajp-run x", false)]
    [InlineData("exec:/usr/sbin/tcpd /usr/libexec/scgi-run x", false)]
    [InlineData("exec:fcgiwrap", false)]
    [InlineData("unix:/run/shims/app.sock", false)]
    public void A_command_that_is_not_a_gateway_is_a_handler(string address, bool isHandler) =>
        Assert.Equal(isHandler, GatewayAddress.Parse(address, out _)!.IsHandler);

    [Theory]
    [InlineData("exec:fcgi-run x", "fastcgi")]
    [InlineData("exec:/usr/bin/fcgiwrap", "fastcgi")]
    [InlineData("exec:/srv/fcgi/scgi-run x", null)]
    [InlineData("unix:/run/php/php8.2-fpm.sock", "fastcgi")]
    [InlineData("unix:/run/shims/scgi.sock", null)]
    [InlineData("tcp:127.0.0.1:9000", null)]
    [InlineData("exec:uwsgi-run x", "uwsgi")]
    [InlineData("unix:/run/shims/ajp.sock", "ajp13")]
    [InlineData("uwsgi://127.0.0.1:3031", "uwsgi")]
    [InlineData("ajp://[::1]:8009/", "ajp13")]
    [InlineData("unix:/run/php.sock|scgi://name", "scgi")]
    public void Scheme_or_name_of_a_socket_or_command_suggests_the_protocol(string address, string? word) => Assert.Equal(word, GatewayAddress.Parse(address, out _)!.LikelyProtocol?.Word);
}
