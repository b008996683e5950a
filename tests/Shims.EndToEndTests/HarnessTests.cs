namespace Shims.EndToEndTests;

/// <summary>The harness itself, with somebody else's gateway in the place of ours: what fails here is no fault of the programs.</summary>
public sealed class HarnessTests
{
    [Fact]
    public async Task The_nginx_example_and_the_sample_scripts_work_with_fcgiwrap_too()
    {
        Requires.Tools("nginx", "spawn-fcgi", "fcgiwrap");
        var installation = new Installation();
        ExampleFile fcgiwrap = ExampleFile.Read("inetd-examples/ucspi/fcgi-run-spawn-fcgi")
            .With("-u www-data -g www-data -U www-data -G www-data ", "")
            .With("/usr/local/libexec/fcgi-run /srv/cgi-bin/", Tool.PathOf("fcgiwrap"));
        await using Site site = await Site.StartAsync(Gateway.FastCgi, Gateway.FastCgi.Socket, installation,
            async () => await RunScript.StartAsync(installation, fcgiwrap, installation.AddressOf(Gateway.FastCgi.Socket)));

        Assert.Equal("Hello, world!\n", (await site.Browser.GetAsync("/cgi-bin/hello.cgi")).Body);
        Assert.Equal("name=Ada%20L", (await site.Browser.GetAsync("/env?name=Ada%20L")).Environment["QUERY_STRING"]);
        Assert.Equal("posted", (await site.Browser.PostAsync("/echo", "posted"u8.ToArray())).Body);
        Assert.Equal(404, (await site.Browser.GetAsync("/favicon.ico")).Status);
    }

    [Fact]
    public async Task A_server_that_does_not_start_says_why()
    {
        Requires.Tools("nginx");
        using var installation = new Installation();
        ExampleFile broken = Gateway.Scgi.NginxExample.With("scgi_pass", "no_such_directive");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => Nginx.StartAsync(installation, broken));
        Assert.Contains("unknown directive \"no_such_directive\"", failure.Message);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_server_that_was_ended()
    {
        Requires.Tools("nginx");
        using var installation = new Installation();
        Nginx nginx = await Nginx.StartAsync(installation, Gateway.Scgi.NginxExample);
        await Patience.UntilAsync(() => nginx.Descendants.Count == 2, "both workers are there");
        int[] all = [nginx.ProcessId, .. nginx.Descendants];
        await nginx.DisposeAsync();
        Assert.DoesNotContain(all, process => Directory.Exists($"/proc/{process}"));
        Assert.False(Listening.IsAt($"127.0.0.1:{nginx.Browser.Port}"));
    }

    [Fact]
    public void A_text_that_is_not_in_an_example_cannot_be_changed() =>
        Assert.Throws<InvalidDataException>(() => Gateway.Scgi.NginxExample.With("fastcgi_pass", ""));

    [Fact]
    public async Task The_launcher_hands_over_exactly_the_descriptors_it_was_told_to()
    {
        using var pair = SocketPair.Create();
        await using LaunchedProgram program = Launcher.Start(new Launch
        {
            Program = "/bin/sh",
            Arguments = ["-c", "read line; echo \"got $line\"; exec ls /proc/self/fd >&2"],
            Input = pair.Far.SafeHandle,
            Output = pair.Far.SafeHandle,
        });
        pair.Far.Dispose();
        using var connection = new Connection(pair.Near);
        await connection.SendInPiecesAsync("hello\n"u8.ToArray(), 1);
        Received received = await connection.ReceiveToEndAsync();
        LaunchResult result = await program.WaitAsync();
        Assert.Equal("got hello\n"u8.ToArray(), received.Bytes);
        // 3 is the folder that ls reads.
        Assert.Equal((0, 0, "0\n1\n2\n3\n"), (result.ExitCode, result.Signal, result.ErrorText));
    }

    [Fact]
    public async Task The_launcher_measures_the_program_and_not_itself()
    {
        LaunchResult result = await Launcher.RunAsync(new Launch { Program = Tool.PathOf("sleep"), Arguments = ["0.1"] });
        Assert.InRange(result.PeakMemory, 1, 10 << 20);
    }
}
