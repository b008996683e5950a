namespace Shims.AspNetTests;

/// <summary>An app that is told to listen somewhere, although it is handed what it serves.</summary>
public sealed class AddressTests
{
    private const string Advice = "take out the addresses (urls, http_ports, Kestrel's endpoints, Listen() in code)";

    [Theory]
    [InlineData("ASPNETCORE_URLS=http://127.0.0.1:{port}", "", false), InlineData("ASPNETCORE_URLS=http://127.0.0.1:{port}", "", true)]
    [InlineData("ASPNETCORE_HTTP_PORTS={port}", "", false), InlineData("ASPNETCORE_HTTP_PORTS={port}", "", true)]
    [InlineData("", "--urls http://127.0.0.1:{port}", false)]
    [InlineData("Kestrel__Endpoints__Http__Url=http://127.0.0.1:{port}", "", false), InlineData("Kestrel__Endpoints__Http__Url=http://127.0.0.1:{port}", "", true)]
    [InlineData("", "listen {port}", false), InlineData("", "listen {port}", true)]
    public async Task An_app_that_is_told_to_listen_elsewhere_says_once_that_it_does_not(string variable, string arguments, bool isHttp)
    {
        using var folder = new TemporaryFolder();
        int told = FreePort.Next(), served = FreePort.Next();
        string address = isHttp ? $"127.0.0.1:{served}" : folder.PathTo("s");
        Launch launch = App.Launch([.. Fill(variable, told), isHttp ? "SHIMS_PROTOCOL=http" : "SHIMS_PROTOCOL=gateway"]) with { Arguments = Fill(arguments, told) };
        await using LaunchedProgram program = App.StartWait(launch, address);
        Assert.Equal("Hello you", isHttp ? (await new Browser(served).GetAsync("/hello/you")).Body : (await new AppRequest(Wire.Scgi, "/hello/you").AskAsync(address)).Body);
        await program.WaitForLogAsync(Advice);
        Assert.False(Listening.IsAt($"127.0.0.1:{told}"));
        program.Signal(15);
        string log = (await program.WaitAsync()).ErrorText + program.ErrorSoFar;
        Assert.Contains("aspnet-app[", log, StringComparison.Ordinal);
        Assert.Contains($": nothing listens at {(variable.Contains("PORTS", StringComparison.Ordinal) ? "http://*:" : "")}", log, StringComparison.Ordinal);
        Assert.Contains($":{told}, as the app serves what it has been handed", log, StringComparison.Ordinal);
        Assert.DoesNotContain($"Now listening on: http://127.0.0.1:{told}", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_for_one_request_says_so_too()
    {
        using Pipe log = Pipe.Create();
        (Response response, _) = await new AppRequest(Wire.Scgi, "/hello/you").SendAsync(App.Launch("ASPNETCORE_URLS=http://127.0.0.1:1") with { Error = log.Writer });
        Assert.Equal("Hello you", response.Body);
        Assert.Contains(Advice, await log.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_that_is_told_nothing_says_nothing()
    {
        using var folder = new TemporaryFolder();
        await using LaunchedProgram program = App.StartWait(App.Launch(), folder.PathTo("s"));
        Assert.Equal("Hello you", (await new AppRequest(Wire.Scgi, "/hello/you").AskAsync(folder.PathTo("s"))).Body);
        program.Signal(15);
        Assert.DoesNotContain("nothing listens", (await program.WaitAsync()).ErrorText, StringComparison.Ordinal);
    }

    /// <summary>Of two endpoints, each connection would else be taken by whichever is first: half of the clients would be asked for TLS.</summary>
    [Fact]
    public async Task No_connection_of_the_inherited_socket_comes_by_an_endpoint_of_another_protocol()
    {
        using var folder = new TemporaryFolder();
        string certificate = folder.PathTo("site.pem");
        await Command.RunAsync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", folder.PathTo("key.pem"), "-out", certificate]);
        int served = FreePort.Next();
        Launch launch = App.Launch("SHIMS_PROTOCOL=http", $"Kestrel__Endpoints__Https__Url=https://127.0.0.1:{FreePort.Next()}",
            $"Kestrel__Endpoints__Https__Certificate__Path={certificate}", $"Kestrel__Endpoints__Https__Certificate__KeyPath={folder.PathTo("key.pem")}") with
        { Arguments = ["https"] };
        await using LaunchedProgram program = App.StartWait(launch, $"127.0.0.1:{served}");
        for (int i = 0; i < 10; i++)
            Assert.Equal("Hello you", (await new Browser(served).GetAsync("/hello/you")).Body);
    }

    private static string[] Fill(string words, int port) =>
        [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace("{port}", $"{port}", StringComparison.Ordinal))];
}
