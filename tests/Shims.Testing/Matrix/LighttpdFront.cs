namespace Shims.Testing.Matrix;

/// <summary>lighttpd with one of webserver-examples/lighttpd-*.conf.</summary>
/// <param name="name">The row's name.</param>
/// <param name="gateway">The program behind it.</param>
/// <param name="example">The example's path.</param>
/// <param name="change">What is different from the example.</param>
public sealed class LighttpdFront(string name, Gateway gateway, string example, Func<ExampleFile, ExampleFile>? change = null) : Front(name, gateway)
{
    private const string Scgi = "webserver-examples/lighttpd-scgi.conf";
    private const string FastCgi = "webserver-examples/lighttpd-fastcgi.conf";

    private const string Uwsgi = "webserver-examples/lighttpd-uwsgi.conf";

    private static readonly Product s_lighttpd = new("lighttpd", "lighttpd", "-v");

    public static IEnumerable<Front> All =>
    [
        new LighttpdFront("lighttpd-scgi", Gateway.Scgi, Scgi) { IsQuick = true },
        new LighttpdFront("lighttpd-scgi-tcp", Gateway.Scgi, Scgi) { Tcp = true },
        new LighttpdFront("lighttpd-scgi-buffered", Gateway.Scgi, Scgi, BufferAnswers) { BuffersAnswers = true },
        new LighttpdFront("lighttpd-scgi-stream", Gateway.Scgi, Scgi, StreamUploads) { StreamsUploads = true },
        new LighttpdFront("lighttpd-fcgi", Gateway.FastCgi, FastCgi),
        new LighttpdFront("lighttpd-fcgi-tcp", Gateway.FastCgi, FastCgi) { Tcp = true },
        new LighttpdFront("lighttpd-fcgi-buffered", Gateway.FastCgi, FastCgi, BufferAnswers) { BuffersAnswers = true },
        new LighttpdFront("lighttpd-fcgi-stream", Gateway.FastCgi, FastCgi, StreamUploads) { StreamsUploads = true },
        new LighttpdFront("lighttpd-uwsgi", Gateway.Uwsgi, Uwsgi) { IsQuick = true },
        new LighttpdFront("lighttpd-uwsgi-tcp", Gateway.Uwsgi, Uwsgi) { Tcp = true },
        new LighttpdFront("lighttpd-uwsgi-stream", Gateway.Uwsgi, Uwsgi, StreamUploads) { StreamsUploads = true },
        new LighttpdFront("lighttpd-binpath", Gateway.FastCgi, "webserver-examples/lighttpd-bin-path.conf") { StartsProgram = true, IsQuick = true },
    ];

    public override Product Product => s_lighttpd;

    public override string? BackendAddress => StartsProgram ? null : Tcp ? Gateway.TcpAddress : Gateway.Socket;

    /// <summary>Connect to the program over TCP instead of a unix socket.</summary>
    public bool Tcp { get; init; }

    private bool StartsProgram { get; init; }

    private bool BuffersAnswers { get; init; }

    private bool StreamsUploads { get; init; }

    public override string? LimitOf(Check check) => check switch
    {
        // Once it has begun to send the page, it does show that it broke off; whether it has when all of the page comes at once is a matter of chance.
        Check.BrokenOff => "takes what it has of a page that broke off for the whole, unless it has begun to send it or the script has said how long it is",
        Check.OutOfTime when BuffersAnswers => "with server.stream-response-body = 0 it takes what it has of a page that broke off for the whole, unless the script has said how long it is",
        Check.Chunked when StreamsUploads => "with server.stream-request-body = 1 or 2 it answers 411 itself",
        Check.LeftWhileSilent or Check.LeftWhileWriting when BuffersAnswers => "with server.stream-response-body = 0 it does not look whether the browser is still there",
        _ => null,
    };

    public override async Task<Server> StartServerAsync(Installation installation, IReadOnlyList<string> options)
    {
        ExampleFile site = ExampleFile.Read(example);
        if (StartsProgram)
            site = site.With($"{Gateway.Name} /srv", string.Join(' ', [Gateway.Name, .. options, "/srv"]));
        if (Tcp)
            site = site.With($"\"socket\"      => \"{Gateway.Socket}\",", $"\"host\" => \"127.0.0.1\", \"port\" => {installation.PortOf(Gateway.FirstPort)},");
        return await Lighttpd.StartAsync(installation, change is null ? site : change(site), Port);
    }

    private static ExampleFile BufferAnswers(ExampleFile site) => site.With("server.stream-response-body = 1", "server.stream-response-body = 0");

    private static ExampleFile StreamUploads(ExampleFile site) => site
        .With("server.stream-request-body = 0", "server.stream-request-body = 2")
        .With("server.stream-response-body = 1", "server.stream-response-body = 2");
}
