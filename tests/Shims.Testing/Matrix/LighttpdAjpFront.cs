namespace Shims.Testing.Matrix;

/// <summary>lighttpd with webserver-examples/lighttpd-ajp13.conf.</summary>
public sealed class LighttpdAjpFront() : Front("lighttpd-ajp13", Gateway.Ajp)
{
    private const string NoUploads = "its mod_ajp13 sends bodies in packets without a length inside, which no container can read";

    private static readonly Product s_lighttpd = new("lighttpd", "lighttpd", "-v");

    public static IEnumerable<Front> All => [new LighttpdAjpFront { IsQuick = true }];

    public override Product Product => s_lighttpd;

    public override string? LimitOf(Check check) => check switch
    {
        Check.PostByte or Check.PostMegabyte or Check.PostLarge or Check.Chunked or Check.EarlyRefusal => NoUploads,
        Check.BrokenOff => "takes what it has of a page that broke off for the whole, unless it has begun to send it or the script has said how long it is",
        Check.Query => "its mod_ajp13 sends the query as lighttpd has written it anew ([ is %5B)",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options) =>
        await Lighttpd.StartAsync(installation, ExampleFile.Read("webserver-examples/lighttpd-ajp13.conf"), Port);
}
