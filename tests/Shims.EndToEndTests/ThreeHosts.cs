using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Shims.EndToEndTests;

/// <summary>
/// Three hosts behind the web server of an example. A host is an address of the loopback interface with a gateway in wait mode; its listening
/// socket ends with the process, as it does when a machine dies, or is kept, as a super-server does. The script counts, for each id, on which hosts it has run.
/// </summary>
internal sealed class ThreeHosts : IAsyncDisposable
{
    /// <summary>Requests at a time.</summary>
    internal const int Clients = 8;

    private const int Kill = 9, Continue = 18, Stop = 19;

    private readonly Installation _installation;
    private readonly TemporaryFolder _folder;
    private readonly string _program;
    private readonly string _runs;
    private readonly int _port = FreePort.Next();
    private readonly LaunchedProgram[] _gateways = new LaunchedProgram[3];
    private readonly Socket?[] _kept = new Socket?[3];
    private readonly List<Socket> _silent = [];
    private Server? _web;
    private Browser? _browser;

    private ThreeHosts(Installation installation, TemporaryFolder folder, string program) =>
        (_installation, _folder, _program, _runs) = (installation, folder, program, folder.PathTo("runs"));

    /// <summary>The log of the web server.</summary>
    internal string Log => _web!.Log;

    /// <summary>Starts the hosts, and the web server with the example of three hosts.</summary>
    /// <param name="web">nginx or haproxy.</param>
    /// <param name="change">The differences from the example.</param>
    /// <param name="keepsSockets">True if the sockets outlive the gateways, as those of systemd and inetd do.</param>
    internal static async Task<ThreeHosts> StartAsync(string web, Func<ExampleFile, ExampleFile>? change = null, bool keepsSockets = false)
    {
        Requires.Tools(web);
        var folder = new TemporaryFolder();
        string count = $"#!/bin/sh\necho \"$HOST $QUERY_STRING\" >>{folder.Write("runs", "")}\n"
            + "printf 'Content-Type: text/plain\\nContent-Length: %s\\n\\n%s' ${#QUERY_STRING} \"$QUERY_STRING\"\n";
        folder.WriteScript("cgi-bin/count.cgi", count);
        folder.WriteScript("cgi-bin/search/count.cgi", count);
        folder.WriteScript("cgi-bin/hello.cgi", "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\nHello\\n'\n");
        var hosts = new ThreeHosts(await Installation.WithScriptsAsync(folder.PathTo("cgi-bin")), folder, web == "nginx" ? "scgi-run" : "fcgi-run");
        try
        {
            for (int host = 0; host < 3; host++)
            {
                hosts._kept[host] = keepsSockets ? Address.Listen(hosts.AddressOf(host)) : null;
                hosts.Start(host);
            }
            ExampleFile site = ExampleFile.Read(web == "nginx" ? "nginx-examples/three-hosts.conf" : "webserver-examples/haproxy-three-hosts.cfg");
            for (int host = 0; host < 3; host++)
                site = site.With($"10.0.0.1{host + 1}:{(web == "nginx" ? 4000 : 9000)}", hosts.AddressOf(host));
            site = change is null ? site : change(site);
            hosts._web = web == "nginx" ? await Nginx.StartAsync(hosts._installation, site) : await HAProxy.StartAsync(hosts._installation, site);
            hosts._browser = new Browser(hosts._installation.PortOf(8080));
            return hosts;
        }
        catch
        {
            await hosts.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks without a pause, by so many clients, while the first host fails and comes back, and until it has been asked again.</summary>
    /// <param name="method">GET or POST.</param>
    /// <param name="path">The script's.</param>
    /// <param name="share">Requests before the failure, as many during it, and as many after it.</param>
    /// <param name="fail">Makes the host fail.</param>
    /// <param name="takeBack">Lets it come back.</param>
    internal async Task<IReadOnlyList<HostResponse>> AskWhileAsync(string method, string path, int share, Func<Task> fail, Func<Task> takeBack)
    {
        var responses = new ConcurrentQueue<HostResponse>();
        using var over = new CancellationTokenSource();
        int requests = 0;
        Task[] asking = [.. Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
                responses.Enqueue(await AskAsync(method, path, Interlocked.Increment(ref requests).ToString(CultureInfo.InvariantCulture)));
        }))];
        await Patience.UntilAsync(() => responses.Count >= share, "responses before the failure");
        await fail();
        int before = responses.Count;
        await Patience.UntilAsync(() => responses.Count >= before + share, "responses while the host has failed");
        int ran = RunsOfFirst;
        await takeBack();
        before = responses.Count;
        await Patience.UntilAsync(() => responses.Count >= before + share && RunsOfFirst > ran, "responses of all hosts again");
        await over.CancelAsync();
        await Task.WhenAll(asking);
        ILookup<string, string> runs = Runs.ToLookup(static run => run.Id, static run => run.Host);
        return [.. responses.Select(response => response with { Runs = runs[response.Id].Count() })];
    }

    /// <summary>Sends one request.</summary>
    internal async Task<HostResponse> AskAsync(string method, string path, string id)
    {
        try
        {
            ScriptReply reply = await _browser!.SendAsync(method, $"{path}?{id}", method == "POST" ? ["Content-Type: text/plain"] : [],
                method == "POST" ? Encoding.ASCII.GetBytes("order") : null);
            return new HostResponse(id, reply.Status, reply.Status == 200 && reply.IsComplete && reply.Body == id);
        }
        catch (Exception broken) when (broken is IOException or SocketException or InvalidDataException)
        {
            return new HostResponse(id, 0, IsGood: false);
        }
    }

    /// <summary>Sends the first host's gateway a signal; but for SIGSTOP, it then is gone.</summary>
    internal async Task FailAsync(int signal)
    {
        _gateways[0].Signal(signal);
        if (signal != Stop)
            await _gateways[0].WaitForEndAsync(Patience.Limit);
    }

    /// <summary>Lets the first host go on, or starts it again.</summary>
    internal Task TakeBackAsync()
    {
        if (_gateways[0].IsRunning)
            _gateways[0].Signal(Continue);
        else
            Start(0);
        return Task.CompletedTask;
    }

    /// <summary>Makes the first host one that is switched off: a connection to it is neither taken nor refused.</summary>
    /// <remarks>tcp(7): the kernel drops what would connect to a socket whose queue, here one place long, is full.</remarks>
    internal async Task SwitchOffAsync()
    {
        await FailAsync(Kill);
        var endPoint = IPEndPoint.Parse(AddressOf(0));
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(0);
        _silent.Add(listener);
        for (int i = 0; i < 2; i++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _silent.Add(waiting);
            try
            {
                await waiting.ConnectAsync(endPoint).WaitAsync(TimeSpan.FromMilliseconds(200));
            }
            catch (TimeoutException) { } // It is the one that the kernel drops.
        }
    }

    /// <summary>Switches the first host on again.</summary>
    internal Task SwitchOnAsync()
    {
        foreach (Socket socket in _silent)
            socket.Dispose();
        return TakeBackAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
            await _web.DisposeAsync();
        foreach (LaunchedProgram gateway in _gateways.Where(static gateway => gateway is not null))
        {
            gateway.Signal(Continue);
            await gateway.DisposeAsync();
        }
        foreach (Socket? socket in _kept.Concat(_silent))
            socket?.Dispose();
        _installation.Dispose();
        _folder.Dispose();
    }

    private IEnumerable<(string Host, string Id)> Runs => File.ReadLines(_runs).Select(static line => (line.Split(' ')[0], line.Split(' ')[^1]));

    private int RunsOfFirst => Runs.Count(static run => run.Host == "1");

    private string AddressOf(int host) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.{host + 2}:{_port}");

    private void Start(int host)
    {
        using Socket? own = _kept[host] is null ? Address.Listen(AddressOf(host)) : null;
        Socket listener = _kept[host] ?? own!;
        _gateways[host] = Launcher.Start(new Launch
        {
            Program = _installation.Folder.PathTo($"libexec/{_program}"),
            Arguments = ["--env", $"HOST={host + 1}", _installation.Folder.PathTo("www/cgi-bin") + "/"],
            Input = listener.SafeHandle,
        });
    }
}

/// <summary>The end of a request to three hosts.</summary>
/// <param name="Id">The request.</param>
/// <param name="Status">Of the response; 0 if there was none.</param>
/// <param name="IsGood">True if the page came, whole.</param>
internal sealed record HostResponse(string Id, int Status, bool IsGood)
{
    /// <summary>The number of times that the script has run for it.</summary>
    internal int Runs { get; init; }
}
