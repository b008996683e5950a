using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Shims.EndToEndTests;

/// <summary>Three ajp-run behind mod_proxy_balancer, one of which is killed while browsers ask.</summary>
public sealed class BalancerTests
{
    private const int Members = 3, Browsers = 8;

    [Fact]
    public async Task No_page_is_lost_that_had_not_begun_at_the_one_that_was_killed_and_none_runs_twice()
    {
        Requires.Tools("apache2", "curl");
        using var installation = new Installation();
        using var folder = new TemporaryFolder();
        string runs = folder.Write("runs", ""), secret = folder.Write("secret", "open-sesame\n");
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        folder.WriteScript("scripts/count.cgi", Encoding.ASCII.GetBytes($"#!/bin/sh\necho $QUERY_STRING >> {runs}\nprintf 'Content-Type: text/plain\\n\\n%s' $QUERY_STRING\n"));
        var programs = new List<LaunchedProgram>();
        try
        {
            string[] addresses = [.. Enumerable.Range(8009, Members).Select(port => $"127.0.0.1:{port}")];
            foreach (string address in addresses)
            {
                using Socket listener = Address.Listen(installation.AddressOf(address));
                programs.Add(Launcher.Start(new Launch
                {
                    Program = Repository.Program("ajp-run"),
                    Arguments = ["--secret-file", secret, "--mount", "/cgi-bin", folder.PathTo("scripts") + "/"],
                    Input = listener.SafeHandle,
                    Output = listener.SafeHandle,
                }));
            }
            await using Apache apache = await Apache.StartAsync(installation, SiteOf(addresses), ["proxy", "proxy_ajp", "slotmem_shm", "lbmethod_byrequests", "proxy_balancer"]);
            var browser = new Browser(installation.PortOf(8080));
            var answered = new ConcurrentQueue<(string Id, int Status, string Body, bool IsAfter)>();
            using var over = new CancellationTokenSource();
            bool isKilled = false;
            int requests = 0;
            Task[] asking = [.. Enumerable.Range(0, Browsers).Select(_ => Task.Run(async () =>
            {
                while (!over.IsCancellationRequested)
                {
                    bool isAfter = Volatile.Read(ref isKilled);
                    string id = $"{Interlocked.Increment(ref requests)}";
                    ScriptReply reply = await browser.GetAsync($"/cgi-bin/count.cgi?{id}");
                    answered.Enqueue((id, reply.Status, reply.Body, isAfter));
                }
            }))];
            await Patience.UntilAsync(() => answered.Count(answer => answer.Status == 200) >= 200, "pages before the end of one");
            programs[0].Signal(9);
            await programs[0].WaitForEndAsync(Patience.Limit);
            Volatile.Write(ref isKilled, true);
            await Patience.UntilAsync(() => answered.Count(answer => answer.IsAfter && answer.Status == 200) >= 200, "pages after the end of one");
            await over.CancelAsync();
            await Task.WhenAll(asking);

            ILookup<string, string> ran = (await File.ReadAllLinesAsync(runs)).ToLookup(id => id);
            foreach ((string id, int status, string body, bool isAfter) in answered)
            {
                if (status == 200)
                {
                    Assert.Equal(id, body);
                    Assert.Single(ran[id]);
                    continue;
                }
                // It was on its way to the one that was killed, which may have begun it.
                Assert.True(status is 500 or 502 or 503 && !isAfter, $"{id}: {status}, {(isAfter ? "after" : "before")} the end of one\n{apache.Log}");
                Assert.InRange(ran[id].Count(), 0, 1);
            }
            Assert.InRange(answered.Count(answer => answer.Status != 200), 0, Browsers);
        }
        finally
        {
            foreach (LaunchedProgram program in programs)
                await program.DisposeAsync();
        }
    }

    private static ExampleFile SiteOf(IEnumerable<string> addresses) => ExampleFile.Of("balancer.conf", $"""
        Listen 127.0.0.1:8080
        <VirtualHost 127.0.0.1:8080>
            ServerName localhost
            <Proxy "balancer://scripts">
        {string.Join('\n', addresses.Select(address => $"        BalancerMember \"ajp://{address}\" ping=5 secret=open-sesame"))}
            </Proxy>
            ProxyPass "/cgi-bin/" "balancer://scripts/cgi-bin/" nocanon
        </VirtualHost>

        """);
}
