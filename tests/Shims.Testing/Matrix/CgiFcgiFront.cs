namespace Shims.Testing.Matrix;

/// <summary>The FastCGI developer's kit's cgi-fcgi as a CGI program, webserver-examples/cgi-fcgi, of a lighttpd with lighttpd-cgi-fcgi.conf.</summary>
public sealed class CgiFcgiFront() : Front("cgi-fcgi", Gateway.FastCgi)
{
    private static readonly Product s_cgiFcgi = Product.OfPackage("cgi-fcgi", "cgi-fcgi", "libfcgi-bin");

    public static IEnumerable<Front> All => [new CgiFcgiFront()];

    public override Product Product => s_cgiFcgi;

    public override string? LimitOf(Check check) => check switch
    {
        Check.BrokenOff or Check.OutOfTime => "ends as if all were well, whatever becomes of the connection",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        string program = installation.Install(ExampleFile.Read("webserver-examples/cgi-fcgi"));
        return await Lighttpd.StartAsync(installation, ExampleFile.Read("webserver-examples/lighttpd-cgi-fcgi.conf").With("/usr/local/libexec/cgi-fcgi", program), Port);
    }
}
